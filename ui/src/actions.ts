// What the page does, each as one call that any program can make. A refusal is shown where one looks.

import { signal } from '@preact/signals';
import { Refusal } from './api';
import { mode, nextDue } from './state/clock';
import { act } from './state/log';
import type { Delivery, Mode } from './types';
import { t } from './text';

export interface Notice {
  tone: 'ok' | 'bad';
  text: string;
}

const SHOWN_MS = 8000;

export const notice = signal<Notice | null>(null);
export const isBusy = signal(false);
/** The mode to which the clock returns after a pause. */
let resumed: Mode = 'real';

export function say(tone: Notice['tone'], text: string): void {
  const said = { tone, text };
  notice.value = said;
  setTimeout(() => {
    if (notice.value === said) notice.value = null;
  }, SHOWN_MS);
}

/** Does something and says how it went. Returns the answer, or null after a refusal. */
export async function perform<T>(work: () => Promise<T>, done?: string): Promise<T | null> {
  isBusy.value = true;
  try {
    const answer = await work();
    if (done) say('ok', done);
    return answer;
  } catch (error) {
    say('bad', error instanceof Refusal && error.status === null ? t('error.unreachable') : String((error as Error).message));
    return null;
  } finally {
    isBusy.value = false;
  }
}

export const setMode = (next: Mode) => perform(() => act('PUT', '_emulator/clock', { mode: next }));

export function togglePause(): void {
  const current = mode.value;
  if (current !== 'manual') resumed = current;
  void setMode(current === 'manual' ? resumed : 'manual');
}

export const advanceBy = (by: string) => perform(() => act('POST', '_emulator/clock/advance', { by }));
export const advanceTo = (to: string) => perform(() => act('POST', '_emulator/clock/advance', { to }));

export function runToNext(): void {
  if (nextDue.value === null) say('bad', t('clock.nothing'));
  else void advanceTo('next');
}

export interface Replay {
  body?: unknown;
  url?: string;
}

export const replay = (id: number, changes: Replay = {}) =>
  perform(
    () => act<Delivery>('POST', `_emulator/webhooks/deliveries/${id}/replay`, changes),
    t('webhook.replayed', { id }),
  );

/** Sends a webhook again several times, one after the other. */
export async function repeat(id: number, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    if ((await replay(id)) === null) return;
  }
}

export const createLink = (body: Record<string, unknown>) =>
  perform(() => act<{ id: string }>('POST', 'api/links/', body), t('link.created'));

/** Belvo's own test CURP, for a scenario that names none. */
const TEST_CURP = 'BLPM951331IONVGR54';

/** Registers a person to whom a scenario answers. One that names no CURP is named by a header. */
export function createLinkWith({ name, curp, institution }: { name: string; curp: string | null; institution: string | null }) {
  const body = {
    institution: institution ?? 'planet_mx_employment',
    username: curp ?? TEST_CURP,
    fetch_resources: ['EMPLOYMENT_RECORDS'],
  };
  const headers: Record<string, string> = curp ? {} : { 'X-Emulator-Scenario': name };
  return perform(() => act<{ id: string }>('POST', 'api/links/', body, headers), t('link.created'));
}

export const arm = (scenario: string) => perform(() => act('POST', '_emulator/armed', { scenario }), t('scenario.armed', { scenario }));
export const makeDefault = (scenario: string) =>
  perform(() => act('PUT', '_emulator/default-scenario', { scenario }), t('scenario.default.done', { scenario }));

export const addFault = (body: unknown) => perform(() => act('POST', '_emulator/faults', body), t('fault.added'));
export const removeFault = (id: number) => perform(() => act('DELETE', `_emulator/faults/${id}`));
