// Whether the emulator is a demo, and the part that the account has in it.

import { computed, effect, signal } from '@preact/signals';
import { get, keys, refused, useKeys, visit } from '../api';

interface DemoReading {
  enabled: boolean;
  reset_every: string | null;
  next_reset_at: string | null;
}

interface DemoAccount {
  whose: 'demo' | 'visitor' | 'other';
  is_read_only: boolean;
  view: string | null;
  next_reset_at: string | null;
}

/** How long after a reset of the demo account the page asks for the time of the next one. */
const SETTLED_MS = 5000;

export const isDemo = signal(false);
/** False until the page knows whether it may open an account without keys. */
export const hasAsked = signal(keys.value !== null);
export const part = signal<DemoAccount | null>(null);
/** True where the keys only look at the account of somebody else. */
export const isReadOnly = computed(() => part.value?.is_read_only ?? false);
/** False for a visitor, who could choose a machine that only the emulator reaches. */
export const maySetReceiver = computed(() => part.value?.whose !== 'visitor');
/** The reason why a visitor has no account. */
export const refusal = signal<string | null>(null);

/** Opens the account that this browser has in the demo. */
export async function enter(): Promise<void> {
  try {
    useKeys(await visit());
    refusal.value = null;
  } catch (error) {
    refusal.value = String((error as Error).message);
  }
}

export async function startDemo(): Promise<void> {
  const reading = await get<DemoReading>('_emulator/demo').catch(() => null);
  isDemo.value = reading?.enabled ?? false;
  if (isDemo.value && !keys.value) await enter();
  hasAsked.value = true;
}

async function readPart(): Promise<void> {
  const asked = keys.peek();
  const read = await get<DemoAccount>('_emulator/demo/account').catch(() => null);
  if (keys.peek() !== asked) return;
  part.value = read;
  if (!read?.next_reset_at) return;
  const wait = Date.parse(read.next_reset_at) - Date.now();
  setTimeout(() => keys.peek() === asked && void readPart(), Math.max(0, wait) + SETTLED_MS);
}

effect(() => {
  part.value = null;
  if (isDemo.value && keys.value) void readPart();
});

/** The keys of a visitor are refused once the emulator has started again, which makes new ones. */
effect(() => {
  if (isDemo.value && refused.value && /^visitor-\d+$/.test(keys.peek()?.id ?? '')) void enter();
});
