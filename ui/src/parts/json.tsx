// JSON as text, with its keys and values told apart. Whatever a client or a receiver sent stays text.

import type { ComponentChildren } from 'preact';
import { t } from '../text';
import type { Json } from '../types';
import { Button, copy } from './ui';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Longer texts are shown without colors. */
const LONGEST_COLORED = 40_000;

function colored(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon] = found;
    parts.push(text.slice(end, found.index));
    const kind = colon ? 'key' : string ? 'string' : 'value';
    parts.push(<span class={`json-${kind}`}>{string ?? whole}</span>, colon ?? '');
    end = found.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <Button look="quiet" onClick={() => copy(text)}>
        {t('copy')}
      </Button>
    </div>
  );
}

export function JsonView({ value, label, truncated }: { value: Json; label: string; truncated?: boolean }) {
  if (value === null) return <p class="hint">{t('no.body')}</p>;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const isColored = typeof value !== 'string' && text.length < LONGEST_COLORED;
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>
        {isColored ? colored(text) : text}
      </pre>
      {truncated && <p class="hint">{t('truncated')}</p>}
      <Button look="quiet" onClick={() => copy(text)}>
        {t('copy')}
      </Button>
    </div>
  );
}
