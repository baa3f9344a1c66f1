// Small parts that many screens share.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { say } from '../actions';
import { href } from '../route';
import { linkName, type Tone } from '../state/rows';
import { t } from '../text';
import { Icon, type IconName } from './icon';

export function Pill({ tone, children }: { tone: Tone | 'accent'; children: ComponentChildren }) {
  return <span class={`pill pill-${tone}`}>{children}</span>;
}

type ButtonProps = JSX.IntrinsicElements['button'] & { icon?: IconName; look?: 'plain' | 'main' | 'quiet' | 'bad' };

export function Button({ icon, look = 'plain', children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button button-${look}`}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function LinkChip({ id }: { id: string }) {
  return (
    <a class="chip" href={href('links', id)} title={id} onClick={(event) => event.stopPropagation()}>
      {linkName(id)}
    </a>
  );
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say('ok', t('copied'));
  } catch {
    say('bad', t('copy.failed'));
  }
}

/** A box over the page, which holds the focus until it is closed. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const box = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} class={props.wide ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={title} onClose={props.onClose}>
      <header class="dialog-head">
        <h2 id={title}>{props.title}</h2>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => box.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

export function Field(props: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span class="field-label">{props.label}</span>
      {props.children}
      {props.hint && <span class="hint">{props.hint}</span>}
    </label>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
