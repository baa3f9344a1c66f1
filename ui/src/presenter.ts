// What whoever presents does: let the next thing happen, let time run, let a webhook be lost, recover it.

import { advanceTo, replay, runToNext, say, setMode } from './actions';
import { fail } from './parts/task-actions';
import { go, screen } from './route';
import { mode } from './state/clock';
import { deliveries } from './state/log';
import { nameOf, nextBeat } from './state/personas';
import { scheduled } from './state/future';
import { t } from './text';
import type { Delivery } from './types';

export const FACTOR = 60;

export const isPlaying = (): boolean => typeof mode.value === 'object';

export function next(): void {
  const beat = nextBeat.value;
  if (beat) void advanceTo(beat.due);
  else runToNext();
}

export function play(): void {
  void setMode(isPlaying() ? 'manual' : { scale: FACTOR });
}

/** Lets the next webhook be lost that is not to be lost yet. */
export async function failNext(): Promise<void> {
  const task = scheduled.value.find((other) => other.brings_webhook && other.faults.length === 0);
  if (!task) {
    say('bad', t('presenter.no-webhook'));
    return;
  }
  if ((await fail(task, 'webhook_drop')) !== null) say('ok', t('presenter.fails', { name: nameOf(task.link) }));
}

/** The last webhook that did not arrive and was not sent again since. */
export function lostDelivery(): Delivery | null {
  const all = [...deliveries.value.values()];
  const replayed = new Set(all.map((delivery) => delivery.replay_of));
  const isLost = ({ id, state }: Delivery) => (state === 'dropped' || state === 'failed') && !replayed.has(id);
  return all.filter(isLost).sort((a, b) => a.id - b.id).at(-1) ?? null;
}

export async function recover(): Promise<void> {
  const lost = lostDelivery();
  if (!lost) {
    const isPlanned = scheduled.value.some((task) => task.faults.length > 0);
    say('bad', isPlanned ? t('presenter.not-yet') : t('presenter.nothing'));
    return;
  }
  if ((await replay(lost.id)) !== null) say('ok', t('presenter.recovered', { name: nameOf(lost.link) }));
}

/** Begins to present, or goes back to the timeline. */
export function togglePresenter(): void {
  go(screen.value === 'presenter' ? 'timeline' : 'presenter');
}
