// Keeps what the page shows up to date, and tells when it cannot. The account's stream of events says when
// something has changed; what has changed is read from the lists.

import { effect, signal } from '@preact/signals';
import { Refusal, keys, openStream, refused } from '../api';
import { catalogue, readCatalogue } from './catalogue';
import { gathered } from './gather';
import { forget, lastCursor, readState, refresh } from './log';
import { eventsOf, partsOf } from './sse';
import { t } from '../text';

/** The stream shows at least every 15 seconds that it lives. */
const SILENCE_MS = 40_000;
/** The waits before the page tries again, each twice as long as the one before. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
/** What changes the links, the endpoint or the faults. */
const STATE_EVENTS = ['link_created', 'link_updated', 'link_deleted', 'setting_changed', 'fault_injected'];

/** The reason why the page is not up to date. */
export const lost = signal<string | null>(null);
export const isReady = signal(false);

let round = 0;
let hasNewState = false;
/** True when something has changed while nobody saw the page. */
let missed = false;

const read = gathered(async () => {
  const mine = round;
  try {
    await refresh();
    if (hasNewState) {
      hasNewState = false;
      await readState();
    }
  } catch (error) {
    if (round === mine) tell(error);
  }
});

function tell(error: unknown): void {
  lost.value = error instanceof Refusal ? error.message : String(error instanceof Error ? error.message : error);
}

async function follow(mine: number): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (round === mine && !refused.value) {
    const stop = new AbortController();
    try {
      // What happens after this reading is told by the stream, from the cursor that the reading ends with.
      await refresh();
      await readState();
      if (round !== mine) return;
      isReady.value = true;
      const body = await openStream(`_emulator/events?after=${lastCursor()}`, stop.signal);
      if (round !== mine) return;
      lost.value = null;
      wait = FIRST_WAIT_MS;
      await listen(mine, body, stop);
    } catch (error) {
      if (round !== mine) return;
      tell(error);
    } finally {
      stop.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/** Reads the stream to its end. A stream that falls silent is given up. */
async function listen(mine: number, body: ReadableStream<Uint8Array>, stop: AbortController): Promise<void> {
  let silence = setTimeout(() => stop.abort(), SILENCE_MS);
  try {
    for await (const event of eventsOf(partsOf(body))) {
      if (round !== mine) return;
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
      if (!event) continue;
      if (event.name === 'reset') return forget();
      if (event.name === 'catalogue_changed') {
        if (catalogue.value.length > 0) void readCatalogue().catch(tell);
        continue;
      }
      if (STATE_EVENTS.includes(event.name)) hasNewState = true;
      // What the page itself has done is read already.
      if (!hasNewState && event.id !== null && Number(event.id) <= lastCursor()) continue;
      if (document.hidden) missed = true;
      else read();
    }
  } finally {
    clearTimeout(silence);
  }
  throw new Refusal(null, [], t('stream.ended'));
}

export function start(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !missed) return;
    missed = false;
    read();
  });
  effect(() => {
    const used = keys.value;
    round += 1;
    forget();
    isReady.value = false;
    lost.value = null;
    if (used) void follow(round);
  });
}
