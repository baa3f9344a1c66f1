// Keeps what the page shows up to date, and tells when it cannot.

import { effect, signal } from '@preact/signals';
import { Refusal, keys, refused } from '../api';
import { forget, refresh } from './log';

/** How long the page waits between two looks at the account. */
const LOOK_EVERY_MS = 700;
const RETRY_AFTER_MS = 2000;

/** The reason why the page is not up to date. */
export const lost = signal<string | null>(null);
export const isReady = signal(false);

let round = 0;

async function follow(mine: number): Promise<void> {
  while (round === mine && !refused.value) {
    let wait = LOOK_EVERY_MS;
    try {
      if (!document.hidden || !isReady.value) await refresh();
      if (round !== mine) return;
      lost.value = null;
      isReady.value = true;
    } catch (error) {
      if (round !== mine) return;
      lost.value = error instanceof Refusal ? error.message : String(error);
      wait = RETRY_AFTER_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

export function start(): void {
  effect(() => {
    const used = keys.value;
    round += 1;
    forget();
    isReady.value = false;
    lost.value = null;
    if (used) void follow(round);
  });
}
