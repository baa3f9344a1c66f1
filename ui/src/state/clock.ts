// The clock of the account, between two readings as well.

import { computed, signal } from '@preact/signals';
import type { ClockReading, Mode } from '../types';

const TICK_MS = 100;

/** The last reading, and when it came by the clock of this page. */
const read = signal<{ reading: ClockReading; at: number } | null>(null);
const passed = signal(performance.now());

export const reading = computed(() => read.value?.reading ?? null);
export const mode = computed<Mode>(() => reading.value?.mode ?? 'real');

/** How many times as fast as the clock of this machine the account's clock runs. */
export const speed = computed(() => {
  const current = mode.value;
  if (typeof current === 'object') return current.scale;
  return current === 'real' ? 1 : 0;
});

function timeAt(moment: number): number {
  const known = read.value;
  if (!known) return Date.now();
  return Date.parse(known.reading.now) + Math.max(0, moment - known.at) * speed.value;
}

/** The account's time, in milliseconds since 1970. */
export const now = computed(() => timeAt(passed.value));

/** The account's time to a whole second, so that its readers change once a second. */
export const nowSecond = computed(() => Math.floor(now.value / 1000) * 1000);

/** How far the account's clock is ahead of the wall clock, in milliseconds. */
export const ahead = computed(() => (read.value ? Math.round((now.value - Date.now()) / 1000) * 1000 : 0));

export const nextDue = computed(() => {
  const due = reading.value?.next_due;
  return due ? Date.parse(due) : null;
});

/** Keeps a reading that came at a moment of this page. */
export function setReading(next: ClockReading, at: number): void {
  passed.value = performance.now();
  read.value = { reading: next, at };
}

export function forgetClock(): void {
  read.value = null;
}

setInterval(() => {
  if (speed.value !== 0 && !document.hidden) passed.value = performance.now();
}, TICK_MS);
