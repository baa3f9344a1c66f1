// The drawer beside the timeline: all about one row.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { base } from '../api';
import { COPIES } from '../copy/kinds';
import { duration, full, time } from '../format';
import { causeOf, rowsByKey, thread, type Row } from '../state/rows';
import { close, select } from '../state/selection';
import { known, t } from '../text';
import { titleOf } from '../titles';
import { ChangeDetail, FaultDetail } from './drawer-change';
import { RequestDetail } from './drawer-request';
import { WebhookDetail } from './drawer-webhook';
import { Icon } from './icon';
import { Code } from './json';
import { TaskActions } from './task-actions';
import { LinkChip, Pill } from './ui';

export function Drawer({ row }: { row: Row }) {
  return (
    <aside class="drawer" aria-label={t('drawer')}>
      <header class="drawer-head">
        <div>
          <p class="drawer-kind">{known('kind', row.kind)}</p>
          <h2>{titleOf(row)}</h2>
          <p class="hint">
            <time dateTime={new Date(row.at).toISOString()}>{full(row.at)}</time>
          </p>
        </div>
        <button type="button" class="icon-button" aria-label={t('close')} title="Esc" onClick={() => close()}>
          <Icon name="close" />
        </button>
      </header>
      <Detail key={row.key} row={row} />
      <CopyAs row={row} />
      {row.link && <Thread link={row.link} current={row.key} cause={causeOf(row)} />}
    </aside>
  );
}

function Detail({ row }: { row: Row }) {
  switch (row.kind) {
    case 'request':
      return <RequestDetail request={row.request} />;
    case 'webhook':
      return <WebhookDetail delivery={row.delivery} />;
    case 'change':
      return <ChangeDetail entry={row.entry} />;
    case 'fault':
      return <FaultDetail entry={row.entry} />;
    case 'move':
      return <Part title={t('summary')}>{t('moved.by', { by: duration(row.move.to - row.move.from) })}</Part>;
    case 'task':
      return (
        <Part title={t('summary')}>
          <dl class="facts">
            <Fact name={t('fact.link')}>
              <LinkChip id={row.task.link} />
            </Fact>
            <Fact name={t('fact.cause')}>{row.task.caused_by ? <RowLink of={row.task.caused_by} /> : '–'}</Fact>
          </dl>
          <TaskActions task={row.task} />
        </Part>
      );
  }
}

export function Part({ title, children, isClosed }: { title: string; children: ComponentChildren; isClosed?: boolean }) {
  return (
    <details class="part" open={!isClosed}>
      <summary>
        <h3>{title}</h3>
      </summary>
      <div class="part-body">{children}</div>
    </details>
  );
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A way to the row of a request. */
export function RowLink({ of }: { of: string }) {
  const found = [...rowsByKey.value.values()].find((row) => row.kind === 'request' && row.request.request_id === of);
  return found ? <RowButton row={found} /> : <code>{of.slice(0, 8)}</code>;
}

/** A way to another row. */
export function RowButton({ row }: { row: Row }) {
  return (
    <button type="button" class="text-button" onClick={() => select(row.key)}>
      {titleOf(row)}
    </button>
  );
}

function CopyAs({ row }: { row: Row }) {
  const [id, setId] = useState<(typeof COPIES)[number]['id']>('curl');
  const chosen = COPIES.find((copy) => copy.id === id);
  return (
    <Part title={t('copy.as')}>
      <div class="segments" role="group" aria-label={t('copy.as')}>
        {COPIES.map((copy) => (
          <button key={copy.id} type="button" aria-pressed={copy.id === id} onClick={() => setId(copy.id)}>
            {known('copy', copy.id)}
          </button>
        ))}
      </div>
      {chosen && <Code text={chosen.text(row, base)} label={known('copy', id)} />}
    </Part>
  );
}

function Thread({ link, current, cause }: { link: string; current: string; cause: string | null }) {
  const rows = thread(link);
  return (
    <Part title={t('thread')}>
      <ol class="thread">
        {rows.map((row) => (
          <li key={row.key} class={`tone-${row.tone} row-${row.kind}`}>
            <button type="button" aria-current={row.key === current ? 'true' : undefined} onClick={() => select(row.key)}>
              <span class="row-dot" aria-hidden="true" />
              <span class="number">{time(row.at)}</span>
              <span class="thread-title">{titleOf(row)}</span>
              {row.kind === 'request' && row.request.request_id === cause && <Pill tone="accent">{t('thread.cause')}</Pill>}
              {outcome(row)}
            </button>
          </li>
        ))}
      </ol>
    </Part>
  );
}

function outcome(row: Row): ComponentChildren {
  if (row.kind === 'request') return <span class="number">{row.request.status}</span>;
  if (row.kind !== 'webhook') return null;
  return <span class="number">{row.attempt?.answer?.status ?? known('state', row.delivery.state)}</span>;
}
