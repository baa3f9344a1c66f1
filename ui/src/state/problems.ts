// What went wrong, in groups, each with its fix.

import { computed } from '@preact/signals';
import type { Delivery, Problem, Recorded } from '../types';
import { deliveries, requests } from './log';
import { MINUTE } from '../units';

export type ProblemKind = 'receiver' | 'slow' | 'no-endpoint' | 'call' | 'polls' | 'repeats' | 'ignores-next';

export interface Group {
  key: string;
  kind: ProblemKind;
  /** What stands in the heading, in the words of the API. */
  subject: string;
  detail: string;
  /** The fix that the emulator knows. */
  fix: string | null;
  count: number;
  last: number;
  /** The row that shows the last of them. */
  row: string;
}

/** A receiver that takes longer has little room before the limit of five seconds. */
const SLOW_MS = 2000;
/** So many equal reads within a minute are polling. */
const POLLS = 6;

type Found = Omit<Group, 'count'>;

function ofDelivery(delivery: Delivery): Found[] {
  const found: Found[] = [];
  const url = delivery.url ?? '';
  if (delivery.state === 'undeliverable') {
    const at = Date.parse(delivery.created_at);
    found.push({ key: 'no-endpoint', kind: 'no-endpoint', subject: delivery.webhook_code, detail: '', fix: null, last: at, row: `d${delivery.id}` });
  }
  for (const { number, started_at, answer } of delivery.attempts) {
    if (!answer) continue;
    const common = { last: Date.parse(started_at), row: `d${delivery.id}.${number}`, detail: url };
    const isAccepted = answer.status !== null && answer.status >= 200 && answer.status < 300;
    const subject = answer.error ?? `${answer.status}`;
    if (!isAccepted) found.push({ ...common, key: `receiver ${subject} ${url}`, kind: 'receiver', subject, fix: answer.hint });
    else if (answer.latency_ms >= SLOW_MS) found.push({ ...common, key: `slow ${url}`, kind: 'slow', subject: `${answer.latency_ms} ms`, fix: null });
  }
  return found;
}

function ofRequest(request: Recorded): Found[] {
  if (request.status < 400) return [];
  const first = Array.isArray(request.answer) ? (request.answer[0] as unknown as Problem | undefined) : undefined;
  const name = request.operation ?? `${request.method} ${request.path}`;
  const subject = `${name}: ${request.status}${first?.code ? ` ${first.code}` : ''}`;
  const field = first?.field ? `${first.field}: ` : '';
  return [
    {
      key: `call ${subject} ${first?.field ?? ''}`,
      kind: 'call',
      subject,
      detail: '',
      fix: first ? `${field}${first.message}` : null,
      last: Date.parse(request.at),
      row: `r${request.cursor}`,
    },
  ];
}

const isList = (request: Recorded): boolean => request.method === 'GET' && request.status === 200 && (request.operation ?? '').startsWith('List');

/** Reads of the same list, again and again, instead of waiting for the webhook. */
function polls(all: readonly Recorded[]): Found[] {
  const found: Found[] = [];
  const recent = new Map<string, number[]>();
  for (const request of all) {
    if (request.method !== 'GET') continue;
    const subject = `GET ${request.path}`;
    const read = `${subject}?${new URLSearchParams(request.query)}`;
    const at = Date.parse(request.at);
    const times = (recent.get(read) ?? []).filter((other) => at - other <= MINUTE);
    times.push(at);
    recent.set(read, times);
    const one: Found = { key: `polls ${read}`, kind: 'polls', subject, detail: '', fix: null, last: at, row: `r${request.cursor}` };
    // The first reads count as well once they turn out to be polling.
    if (times.length === POLLS) found.push(...times.map(() => one));
    else if (times.length > POLLS) found.push(one);
  }
  return found;
}

/** So many equal refusals within a minute are a client that does not look at them. */
const REPEATS = 3;

/** Calls that are refused for the same reason, again and again, such as by a 401. */
function repeats(all: readonly Recorded[]): Found[] {
  const found: Found[] = [];
  const recent = new Map<string, number[]>();
  for (const request of all) {
    const [one] = request.status < 500 ? ofRequest(request) : [];
    if (!one) continue;
    const call = `${one.key} ${request.path} ${JSON.stringify(request.body)}`;
    const times = (recent.get(call) ?? []).filter((other) => one.last - other <= MINUTE);
    times.push(one.last);
    recent.set(call, times);
    const repeated: Found = { ...one, key: `repeats ${call}`, kind: 'repeats', fix: null };
    if (times.length === REPEATS) found.push(...times.map(() => repeated));
    else if (times.length > REPEATS) found.push(repeated);
  }
  return found;
}

/** Lists of which the client read the first page alone. */
function ignoresNext(all: readonly Recorded[]): Found[] {
  const goesOn = new Set(all.filter((request) => Number(request.query['page'] ?? '1') > 1).map((request) => request.path));
  const hasNext = (request: Recorded) => {
    const { answer } = request;
    return answer !== null && typeof answer === 'object' && !Array.isArray(answer) && typeof answer['next'] === 'string';
  };
  return all
    .filter((request) => isList(request) && !goesOn.has(request.path) && hasNext(request))
    .map((request) => ({ key: `next ${request.path}`, kind: 'ignores-next', subject: `GET ${request.path}`, detail: '', fix: null, last: Date.parse(request.at), row: `r${request.cursor}` }));
}

export const problems = computed<readonly Group[]>(() => {
  const all = requests.value;
  const found = [...all.flatMap(ofRequest), ...[...deliveries.value.values()].flatMap(ofDelivery), ...polls(all), ...repeats(all), ...ignoresNext(all)];
  const groups = new Map<string, Group>();
  for (const one of found) {
    const known = groups.get(one.key);
    const isLater = !known || one.last >= known.last;
    groups.set(one.key, { ...(isLater ? one : known), count: (known?.count ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => b.last - a.last);
});
