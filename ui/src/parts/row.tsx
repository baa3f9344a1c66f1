// A row of the timeline, of the future and of the past.

import { Component, type ComponentChildren, type ComponentType } from 'preact';
import { day, duration, latency, time } from '../format';
import { now, nowSecond } from '../state/clock';
import { struckBy, type Row } from '../state/rows';
import { select, selected } from '../state/selection';
import { known, t } from '../text';
import { detailOf, titleOf } from '../titles';
import type { Delivery, LogEntry, Recorded, Task } from '../types';
import { TaskActions } from './task-actions';
import { LinkChip, Pill } from './ui';

interface RowProps {
  row: Row;
  isSelected: boolean;
}

/** Draws a row again only when it has changed: rows are objects that stay the same otherwise. */
function drawnOnce(Inner: ComponentType<RowProps>): ComponentType<RowProps> {
  return class extends Component<RowProps> {
    override shouldComponentUpdate(next: RowProps): boolean {
      return next.row !== this.props.row || next.isSelected !== this.props.isSelected;
    }

    render() {
      return <Inner {...this.props} />;
    }
  };
}

function Line({ row, isSelected, when, children, side }: RowProps & { when: ComponentChildren; side?: ComponentChildren; children: ComponentChildren }) {
  // One row can be reached by Tab, the others by j and k: five hundred stops would be a wall.
  const isStop = isSelected || selected.value === null;
  return (
    <li class={`row row-${row.kind} tone-${row.tone}${isSelected ? ' row-selected' : ''}`}>
      <button type="button" id={`row-${row.key}`} class="row-main" tabIndex={isStop ? 0 : -1} aria-pressed={isSelected} onClick={() => select(row.key)}>
        <span class="row-time">{when}</span>
        <span class="row-dot" aria-hidden="true" />
        <span class="row-text">{children}</span>
      </button>
      <span class="row-side">
        {side}
        {row.link && <LinkChip id={row.link} />}
      </span>
    </li>
  );
}

export const FutureRow = drawnOnce(function FutureRow(props: RowProps) {
  const { row } = props;
  if (row.kind !== 'task') return null;
  return (
    <Line {...props} when={<Countdown to={row.at} />} side={<TaskSide task={row.task} />}>
      <span class="row-title">{known('what', row.task.what)}</span>
      <span class="row-detail">
        <Due at={row.at} />
        {row.task.operation && ` · ${t('cause', { operation: row.task.operation })}`}
      </span>
    </Line>
  );
});

function TaskSide({ task }: { task: Task }) {
  return (
    <>
      <TaskActions task={task} />
      {task.faults.map((fault) => (
        <Pill key={fault} tone="bad">
          {fault}
        </Pill>
      ))}
    </>
  );
}

export function Countdown({ to }: { to: number }) {
  const left = to - now.value;
  return <span class="number">{left <= 0 ? t('due') : duration(left, true)}</span>;
}

function Due({ at }: { at: number }) {
  const isToday = day(at) === day(nowSecond.value);
  return (
    <time dateTime={new Date(at).toISOString()}>
      {isToday ? '' : `${day(at)}, `}
      {time(at)}
    </time>
  );
}

export const PastRow = drawnOnce(function PastRow(props: RowProps) {
  const { row } = props;
  return (
    <Line {...props} when={<PastTime at={row.at} />} side={<Side row={row} />}>
      <Title row={row} />
    </Line>
  );
});

function PastTime({ at }: { at: number }) {
  return (
    <time class="number" dateTime={new Date(at).toISOString()} title={day(at)}>
      {time(at)}
    </time>
  );
}

function Title({ row }: { row: Row }) {
  switch (row.kind) {
    case 'request':
      return (
        <>
          <span class="row-title">
            <span class="method">{row.request.method}</span> {pathOf(row.request)}
          </span>
          <span class="row-detail">{[row.request.operation, problemOf(row.request.answer)].filter(Boolean).join(' · ')}</span>
        </>
      );
    case 'webhook':
      return (
        <>
          <span class="row-title">
            {row.attempt && row.attempt.number > 1 ? t('webhook.retry', { n: row.attempt.number - 1 }) : t('webhook')} <span class="method">{row.delivery.webhook_code}</span>
          </span>
          <span class="row-detail">{webhookDetail(row.delivery, row.attempt?.answer?.error ?? null)}</span>
        </>
      );
    case 'move':
      return (
        <>
          <span class="row-title">{titleOf(row)}</span>
          <span class="row-detail">{t('moved.by', { by: duration(row.move.to - row.move.from) })}</span>
        </>
      );
    case 'change':
      return (
        <>
          <span class="row-title">{titleOf(row)}</span>
          <span class="row-detail">{detailOf(row.entry)}</span>
        </>
      );
    case 'fault':
      return (
        <>
          <span class="row-title">
            {t('fault')} <span class="method">{row.entry.fault}</span>
          </span>
          <span class="row-detail">{titleOf(row)}</span>
        </>
      );
    case 'task':
      return <span class="row-title">{titleOf(row)}</span>;
  }
}

export function pathOf(request: Recorded): string {
  const query = new URLSearchParams(request.query).toString();
  return query ? `${request.path}?${decodeURIComponent(query)}` : request.path;
}

function webhookDetail(delivery: Delivery, error: string | null): string {
  const faults = delivery.faults.length > 0 ? t('faults', { names: delivery.faults.join(', ') }) : null;
  return [error ?? delivery.url ?? t('webhook.no-endpoint'), faults].filter(Boolean).join(' · ');
}

/** The code of the first problem of an answer. */
function problemOf(answer: unknown): string | null {
  const first = Array.isArray(answer) ? (answer[0] as { code?: unknown } | undefined) : undefined;
  return typeof first?.code === 'string' ? first.code : null;
}

function Side({ row }: { row: Row }) {
  switch (row.kind) {
    case 'request':
      return (
        <>
          {row.request.faults.map((fault) => (
            <Pill key={fault} tone="bad">
              {fault}
            </Pill>
          ))}
          <Pill tone={row.tone}>{row.request.status}</Pill>
        </>
      );
    case 'webhook': {
      const answer = row.attempt?.answer;
      return (
        <>
          {answer && <span class="hint number">{latency(answer.latency_ms)}</span>}
          <Pill tone={row.tone}>{answer ? (answer.status ?? t('no-answer')) : row.attempt ? t('sending') : known('state', row.delivery.state)}</Pill>
        </>
      );
    }
    case 'fault':
      return <Struck entry={row.entry} />;
    default:
      return null;
  }
}

/** The way to the request or the webhook that a fault struck. */
function Struck({ entry }: { entry: LogEntry }) {
  const struck = struckBy(entry);
  if (!struck) return null;
  return (
    <button type="button" class="text-button" onClick={() => select(struck.key)}>
      {struck.kind === 'webhook' ? t('webhook.number', { id: struck.delivery.id }) : titleOf(struck)}
    </button>
  );
}
