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
  if (next) sessionStorage.setItem(STORED, JSON.stringify(next));
  else sessionStorage.removeItem(STORED);
  keys.value = next;
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

async function request(method: string, path: string, body: unknown, more: Record<string, string>): Promise<Response> {
  const used = keys.value;
  const headers: Record<string, string> = { ...more, ...(used ? { Authorization: authorization(used) } : {}) };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const options: RequestInit = { method, headers, credentials: 'omit', cache: 'no-store', signal };
  if (body !== undefined) options.body = JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(base + path, options);
  } catch (error) {
    throw new Refusal(null, [], String(error instanceof Error ? error.message : error));
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && keys.value === used) refused.value = true;
  const problems = (await answer.json().catch(() => [])) as Problem[];
  throw new Refusal(answer.status, Array.isArray(problems) ? problems : []);
}

/** Makes a call and returns the JSON of its answer; null where it has none. `path` begins without a slash. */
export async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await request(method, path, body, headers);
  const text = await answer.text();
  return (text ? JSON.parse(text) : null) as T;
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path);
