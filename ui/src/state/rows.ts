// The rows of the timeline.

import { computed } from '@preact/signals';
import type { Attempt, Delivery, LogEntry, Recorded, Task } from '../types';
import { scheduled } from './future';
import { changes, curpOfLink, deliveries, links, moves, requests, type Move } from './log';

export type Tone = 'ok' | 'bad' | 'warn' | 'plain';

interface Common {
  key: string;
  at: number;
  link: string | null;
  tone: Tone;
}

export type Row = Common &
  (
    | { kind: 'task'; task: Task }
    | { kind: 'request'; request: Recorded }
    | { kind: 'webhook'; delivery: Delivery; attempt: Attempt | null }
    | { kind: 'move'; move: Move }
    | { kind: 'change'; entry: LogEntry }
    | { kind: 'fault'; entry: LogEntry }
  );

const kept = new WeakMap<object, Row[]>();

/** Makes rows once for each object, so that what has not changed is not drawn again. */
function once<T extends object>(of: T, make: (of: T) => Row[]): Row[] {
  const known = kept.get(of);
  if (known) return known;
  const made = make(of);
  kept.set(of, made);
  return made;
}

function statusTone(status: number): Tone {
  if (status < 400) return 'ok';
  return status < 500 ? 'warn' : 'bad';
}

function ofRequest(request: Recorded): Row[] {
  return [
    {
      kind: 'request',
      key: `r${request.cursor}`,
      at: Date.parse(request.at),
      link: request.links[0] ?? null,
      tone: request.faults.length > 0 ? 'bad' : statusTone(request.status),
      request,
    },
  ];
}

export function attemptTone(attempt: Attempt): Tone {
  if (!attempt.answer) return 'plain';
  const { status } = attempt.answer;
  return status !== null && status >= 200 && status < 300 ? 'ok' : 'bad';
}

const STATE_TONES: Record<Delivery['state'], Tone> = {
  pending: 'plain',
  delivered: 'ok',
  failed: 'bad',
  cancelled: 'warn',
  undeliverable: 'warn',
  dropped: 'bad',
};

function ofDelivery(delivery: Delivery): Row[] {
  const common = { kind: 'webhook', link: delivery.link, delivery } as const;
  if (delivery.attempts.length === 0) {
    const at = Date.parse(delivery.created_at);
    return [{ ...common, key: `d${delivery.id}`, at, tone: STATE_TONES[delivery.state], attempt: null }];
  }
  return delivery.attempts.map((attempt) => ({
    ...common,
    key: `d${delivery.id}.${attempt.number}`,
    at: Date.parse(attempt.started_at),
    tone: attemptTone(attempt),
    attempt,
  }));
}

function ofMove(move: Move): Row[] {
  return [{ kind: 'move', key: `m${move.cursor}`, at: move.to, link: null, tone: 'plain', move }];
}

function ofChange(entry: LogEntry): Row[] {
  const common = { at: Date.parse(entry.at), entry } as const;
  if (entry.kind === 'fault_injected') return [{ ...common, kind: 'fault', key: `f${entry.cursor}`, link: linkOfFault(entry), tone: 'bad' }];
  const isRefused = entry.link_status !== undefined && entry.link_status !== 'valid' && entry.kind !== 'link_deleted';
  return [{ ...common, kind: 'change', key: `c${entry.cursor}`, link: entry.link ?? null, tone: isRefused ? 'warn' : 'plain' }];
}

/** The link of the webhook that a fault struck, or of the request. */
function linkOfFault({ link, request_id }: LogEntry): string | null {
  return link ?? (request_id ? (requestsById.value.get(request_id)?.links[0] ?? null) : null);
}

const requestsById = computed(() => new Map(requests.value.map((request) => [request.request_id, request])));

/** The deliveries that have faults. */
const spoiltByLink = computed(() => {
  const found = new Map<string, Delivery[]>();
  for (const delivery of deliveries.value.values()) {
    if (delivery.faults.length === 0) continue;
    const known = found.get(delivery.link);
    if (known) known.push(delivery);
    else found.set(delivery.link, [delivery]);
  }
  return found;
});

/** The row that a fault struck: a request, or an attempt of a webhook. */
export function struckBy(entry: LogEntry): Row | null {
  const { request_id, link, fault, at } = entry;
  if (request_id) {
    const request = requestsById.value.get(request_id);
    return request ? (once(request, ofRequest)[0] ?? null) : null;
  }
  for (const delivery of spoiltByLink.value.get(link ?? '') ?? []) {
    if (!delivery.faults.includes(fault ?? '')) continue;
    const rows = once(delivery, ofDelivery);
    if (delivery.created_at === at) return rows[0] ?? null;
    const struck = rows.find((row) => row.at === Date.parse(at));
    if (struck) return struck;
  }
  return null;
}

function ofTask(task: Task): Row[] {
  return [{ kind: 'task', key: `t${task.id}`, at: Date.parse(task.due), link: task.link, tone: 'plain', task }];
}

/** The order of rows of one moment: what causes stands before what is caused. */
function rank(row: Row): number {
  switch (row.kind) {
    case 'request':
      return row.request.cursor;
    case 'webhook':
      return row.delivery.cursor;
    case 'change':
    case 'fault':
      return row.entry.cursor;
    default:
      return 0;
  }
}

/** What has happened, the newest first. */
export const past = computed<readonly Row[]>(() => {
  const rows: Row[] = [];
  for (const request of requests.value) rows.push(...once(request, ofRequest));
  for (const delivery of deliveries.value.values()) rows.push(...once(delivery, ofDelivery));
  for (const move of moves.value) rows.push(...once(move, ofMove));
  for (const entry of changes.value) rows.push(...once(entry, ofChange));
  return rows.sort((a, b) => b.at - a.at || rank(b) - rank(a));
});

/** What will happen, the nearest first. */
export const future = computed<readonly Row[]>(() => scheduled.value.flatMap((task) => once(task, ofTask)));

export const rowsByKey = computed(() => new Map([...future.value, ...past.value].map((row) => [row.key, row])));

/** The request that caused a row. */
export function causeOf(row: Row): string | null {
  switch (row.kind) {
    case 'task':
      return row.task.caused_by;
    case 'webhook':
      return row.delivery.caused_by;
    case 'change':
      return row.entry.caused_by ?? null;
    case 'fault':
      return row.entry.request_id ?? null;
    default:
      return null;
  }
}

/** All rows about a link, the oldest first: a request, what it caused, and the calls that followed. */
export function thread(link: string): Row[] {
  const isOf = (row: Row) => row.link === link || (row.kind === 'request' && row.request.links.includes(link));
  return [...past.value.filter(isOf).reverse(), ...future.value.filter(isOf)];
}

/** The name by which a reader recognises a link. */
export function linkName(id: string): string {
  const known = links.value.find((link) => link.id === id);
  return known?.external_id ?? curpOfLink.value.get(id) ?? id.slice(0, 8);
}
