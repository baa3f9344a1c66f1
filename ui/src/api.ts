// Calls of the emulator. Keys travel in a header that this file writes, never by the browser's own
// doing: no cookie, no prompt for a password.

import { signal } from '@preact/signals';
import type { Problem } from './types';

export interface Keys {
  id: string;
  password: string;
}

/** The address of the emulator, with a slash at its end. The page is one level below. */
export const base = new URL('..', location.href.split('#')[0]).href;

const STORED = 'belvo-emulator.keys';
const KNOWN = 'belvo-emulator.known';
/** The most passwords that the tab knows besides that of its account. */
const MOST_KNOWN = 20;

export const keys = signal<Keys | null>(stored());
/** True after an answer of 401 to the keys. */
export const refused = signal(false);

/** An answer that is no success, or none at all. */
export class Refusal extends Error {
  constructor(
    readonly status: number | null,
    readonly problems: Problem[],
    sentence?: string,
  ) {
    super(sentence ?? problems.map((problem) => problem.message).join(' '));
  }
}

export function parseKeys(pair: string): Keys | null {
  const colon = pair.indexOf(':');
  return colon > 0 && colon < pair.length - 1
    ? { id: pair.slice(0, colon), password: pair.slice(colon + 1) }
    : null;
}

export function useKeys(next: Keys | null): void {
  refused.value = false;
  if (next) remember(next);
  if (next) sessionStorage.setItem(STORED, JSON.stringify(next));
  else sessionStorage.removeItem(STORED);
  keys.value = next;
}

function known(): [string, string][] {
  return JSON.parse(sessionStorage.getItem(KNOWN) ?? '[]') as [string, string][];
}

function remember({ id, password }: Keys): void {
  const others = known().filter(([other]) => other !== id);
  sessionStorage.setItem(KNOWN, JSON.stringify([...others, [id, password]].slice(-MOST_KNOWN)));
}

/** The password of an id, if it was given in this tab before. */
export function knownPassword(id: string): string | null {
  return known().find(([other]) => other === id)?.[1] ?? null;
}

function stored(): Keys | null {
  const text = sessionStorage.getItem(STORED);
  return text ? (JSON.parse(text) as Keys) : null;
}

/** The header of Basic authentication, in UTF-8. */
export function authorization({ id, password }: Keys): string {
  const bytes = new TextEncoder().encode(`${id}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** The longest time that the page waits for an answer. */
const PATIENCE_MS = 60_000;

async function send(path: string, options: RequestInit, signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS)): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(base + path, { ...options, cache: 'no-store', signal });
  } catch (error) {
    throw new Refusal(null, [], String(error instanceof Error ? error.message : error));
  }
  if (answer.ok) return answer;
  const problems = (await answer.json().catch(() => [])) as Problem[];
  throw new Refusal(answer.status, Array.isArray(problems) ? problems : []);
}

async function request(method: string, path: string, body: unknown, more: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  const used = keys.value;
  const headers: Record<string, string> = { ...more, ...(used ? { Authorization: authorization(used) } : {}) };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const options: RequestInit = { method, headers, credentials: 'omit' };
  if (body !== undefined) options.body = JSON.stringify(body);
  try {
    return await send(path, options, signal);
  } catch (error) {
    if (error instanceof Refusal && error.status === 401 && keys.value === used) refused.value = true;
    throw error;
  }
}

/** Asks a demo for the keys of this browser's account, which a cookie names. No other call has the cookie. */
export async function visit(): Promise<Keys> {
  const answer = await send('_emulator/demo/visit', { method: 'POST', credentials: 'same-origin' });
  return (await answer.json()) as Keys;
}

/** Makes a call and returns the JSON of its answer; null where it has none. `path` begins without a slash. */
export async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await request(method, path, body, headers);
  const text = await answer.text();
  return (text ? JSON.parse(text) : null) as T;
}

/** Begins a call whose answer does not end by itself, and returns its body. */
export async function openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await request('GET', path, undefined, {}, signal);
  if (!body) throw new Refusal(null, [], 'the answer has no body');
  return body;
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path);
