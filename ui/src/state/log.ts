// What the page knows of the account's past and future, and where it comes from.

import { batch, computed, signal } from '@preact/signals';
import { Refusal, call, get } from '../api';
import { scheduled, scheduledCount } from './future';
import type { ClockReading, Delivery, EndpointReading, FaultEntry, Link, LogEntry, Page, Reach, Recorded, Task } from '../types';
import { forgetClock, setReading } from './clock';

/** How much of the log is read at first. */
const FIRST_ENTRIES = 2000;
/** How much of the future is read. */
const NEXT_TASKS = 200;
/** The most of each kind that the page holds. */
const MOST_HELD = 10_000;
const PAGE = 1000;
const CHANGES = ['link_created', 'link_updated', 'link_deleted', 'fault_injected'];

/** Somebody moved the time. */
export interface Move {
  cursor: number;
  from: number;
  to: number;
}

export const requests = signal<readonly Recorded[]>([]);
export const deliveries = signal<ReadonlyMap<number, Delivery>>(new Map());
export const moves = signal<readonly Move[]>([]);
/** What happened to links, and the faults that struck. */
export const changes = signal<readonly LogEntry[]>([]);
export const links = signal<readonly Link[]>([]);
export const linkCount = signal(0);
export const endpoint = signal<EndpointReading | null>(null);
export const faults = signal<readonly FaultEntry[]>([]);
/** The cursor of the oldest entry that is here. */
export const reachesBackTo = signal(0);
export const evicted = signal(0);

let cursor = -1;
/** The cursor up to which the lists are read. */
export const lastCursor = (): number => Math.max(cursor, 0);
/** Counts the accounts and resets, so that an answer about an earlier one is not taken for this one's. */
let generation = 0;
let reading: Promise<void> = Promise.resolve();

/** The names of people by link: what a reader recognises a link by. */
export const curpOfLink = computed(() => {
  const found = new Map<string, string>();
  for (const { operation, status, body, links } of requests.value) {
    const isRegistration = operation === 'RegisterLink' && status < 300;
    if (isRegistration && links[0] && body && typeof body === 'object' && !Array.isArray(body)) {
      const curp = body['username'];
      if (typeof curp === 'string') found.set(links[0], curp);
    }
  }
  return found;
});

export function forget(): void {
  cursor = -1;
  generation += 1;
  batch(() => {
    requests.value = [];
    deliveries.value = new Map();
    moves.value = [];
    changes.value = [];
    links.value = [];
    linkCount.value = 0;
    scheduled.value = [];
    scheduledCount.value = 0;
    reachesBackTo.value = 0;
    forgetClock();
  });
}

/** Reads what has changed since the last reading. Two readings at a time would read the same twice. */
export function refresh(): Promise<void> {
  reading = reading.catch(() => undefined).then(readChanges);
  return reading;
}

async function readChanges(): Promise<void> {
  const mine = generation;
  const [clock, ahead] = await Promise.all([
    get<ClockReading>('_emulator/clock'),
    get<{ scheduled: Task[]; count: number }>(`_emulator/scheduled?limit=${NEXT_TASKS}`),
  ]);
  const at = performance.now();
  const start = cursor < 0 ? await firstCursor() : cursor;
  const known = requests.value.at(-1);
  const found = await readFrom(start, known).catch(isPastTheEnd);
  if (generation !== mine) return;
  if (!found || !goesOn(known, found[0])) {
    forget();
    return readChanges();
  }
  const [newRequests, newDeliveries, newEntries] = found;
  if (known && cursor >= 0) newRequests.items = newRequests.items.filter((request) => request.cursor > known.cursor);
  const last = Math.max(newRequests.last, newDeliveries.last, newEntries.last);
  const hasChanged = cursor < 0 || last > cursor;
  const isFirst = cursor < 0;
  cursor = Math.min(newRequests.last, newDeliveries.last, newEntries.last);
  batch(() => {
    if (isFirst) reachesBackTo.value = start;
    evicted.value = newRequests.evicted;
    setScheduled(ahead.scheduled);
    scheduledCount.value = ahead.count;
    add(newRequests.items, newDeliveries.items);
    // A fault is shown with its request. What is newer than the requests that were read is read again.
    addEntries(newEntries.items.filter((entry) => entry.cursor <= cursor));
    setReading(clock, at);
  });
  if (hasChanged) await readState();
}

/** Reads what came after a cursor. The last request that is here is read again, to see that it still is. */
function readFrom(start: number, known: Recorded | undefined): Promise<[Read<Recorded>, Read<Delivery>, Read<LogEntry>]> {
  return Promise.all([
    pages<Recorded>('_emulator/requests', 'requests', known ? known.cursor - 1 : start),
    pages<Delivery>('_emulator/webhooks/deliveries', 'deliveries', start),
    pages<LogEntry>('_emulator/log', 'entries', start),
  ]);
}

/** The cursor is beyond the log of an account that began anew. */
function isPastTheEnd(error: unknown): null {
  if (error instanceof Refusal && error.problems.some((problem) => problem.field === 'after')) return null;
  throw error;
}

/** Tells that the log still has the last request that is here, and not another one in its place. */
function goesOn(known: Recorded | undefined, read: Read<Recorded>): boolean {
  if (!known || read.evicted >= known.cursor) return true;
  const same = read.items.find((request) => request.cursor === known.cursor);
  return same !== undefined && same.request_id === known.request_id && same.at === known.at && same.path === known.path;
}

async function firstCursor(): Promise<number> {
  const { last_cursor } = await get<Reach>('_emulator/requests?limit=1');
  return Math.max(0, last_cursor - FIRST_ENTRIES);
}

/** Reads the entries before those that are here. */
export async function readOlder(): Promise<void> {
  const mine = generation;
  const end = reachesBackTo.value;
  const start = Math.max(evicted.value, end - FIRST_ENTRIES, 0);
  const [older, olderDeliveries, olderEntries] = await Promise.all([
    pages<Recorded>('_emulator/requests', 'requests', start, end),
    pages<Delivery>('_emulator/webhooks/deliveries', 'deliveries', start, end),
    pages<LogEntry>('_emulator/log', 'entries', start, end),
  ]);
  const known = requests.value;
  if (generation !== mine) return;
  batch(() => {
    requests.value = [...older.items.filter((item) => item.cursor <= end), ...known].slice(0, MOST_HELD);
    deliveries.value = new Map([
      ...olderDeliveries.items.map((item) => [item.id, item] as const),
      ...deliveries.value,
    ]);
    addEntries(olderEntries.items.filter((entry) => entry.cursor <= end));
    reachesBackTo.value = start;
  });
}

/** Reads what has no cursor: links, endpoint, faults. */
export async function readState(): Promise<void> {
  const mine = generation;
  const [page, target, all] = await Promise.all([
    get<Page<Link>>('_emulator/links?page_size=200'),
    get<EndpointReading>('_emulator/webhooks/endpoint'),
    get<{ faults: FaultEntry[] }>('_emulator/faults'),
  ]);
  if (generation !== mine) return;
  batch(() => {
    links.value = page.results;
    linkCount.value = page.count;
    endpoint.value = target;
    faults.value = all.faults;
  });
}

interface Read<T> {
  items: T[];
  last: number;
  evicted: number;
}

/** Reads a list from a cursor to its end, or to another cursor. */
async function pages<T extends { cursor: number }>(path: string, key: string, after: number, end = Infinity): Promise<Read<T>> {
  const items: T[] = [];
  let next: number | null = after;
  let reach: Reach = { last_cursor: after, next_after: null, evicted: 0 };
  while (next !== null && next < end) {
    const page: Reach & Record<string, unknown> = await get(`${path}?after=${next}&limit=${PAGE}`);
    items.push(...(page[key] as T[]));
    reach = page;
    next = page.next_after;
  }
  return { items, last: reach.last_cursor, evicted: reach.evicted };
}

/** Keeps the tasks that have not changed, so that their rows are not drawn again. */
function setScheduled(next: readonly Task[]): void {
  const before = new Map(scheduled.value.map((task) => [task.id, task]));
  const kept = next.map((task) => {
    const known = before.get(task.id);
    return known && known.due === task.due && known.what === task.what && known.faults.length === task.faults.length ? known : task;
  });
  const isSame = kept.length === scheduled.value.length && kept.every((task, place) => task === scheduled.value[place]);
  if (!isSame) scheduled.value = kept;
}

function add(newRequests: Recorded[], newDeliveries: Delivery[]): void {
  if (newRequests.length > 0) requests.value = [...requests.value, ...newRequests].slice(-MOST_HELD);
  if (newDeliveries.length > 0) {
    const all = new Map(deliveries.value);
    for (const delivery of newDeliveries) all.set(delivery.id, delivery);
    const surplus = all.size - MOST_HELD;
    for (const id of [...all.keys()].slice(0, Math.max(0, surplus))) all.delete(id);
    deliveries.value = all;
  }
}

/** Keeps what has a row of its own. */
function addEntries(entries: readonly LogEntry[]): void {
  changes.value = joined(changes.value, entries.filter(isChange));
  // Where a call has set the mode alone, nothing has moved.
  const moved = entries.filter(({ from, to }) => from !== to).map(({ cursor, from = '', to = '' }) => ({ cursor, from: Date.parse(from), to: Date.parse(to) }));
  moves.value = joined(moves.value, moved);
}

/** Adds what is not there yet: two readings can bring the same. */
function joined<T extends { cursor: number }>(known: readonly T[], found: readonly T[]): readonly T[] {
  if (found.length === 0) return known;
  const cursors = new Set(known.map(({ cursor }) => cursor));
  const added = found.filter(({ cursor }) => !cursors.has(cursor));
  return added.length === 0 ? known : [...known, ...added].sort((a, b) => a.cursor - b.cursor).slice(-MOST_HELD);
}

/** Tells that an entry changed a link or its data, or that a fault struck. Sends are shown as attempts of their webhooks. */
function isChange({ kind, what, delivery }: LogEntry): boolean {
  if (kind === 'task_ran') return what !== 'webhook' && delivery === undefined;
  return CHANGES.includes(kind);
}

/** Makes a call of the control API, and reads what it changed. */
export async function act<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  try {
    return await call<T>(method, path, body, headers);
  } finally {
    await refresh();
    await readState();
  }
}
