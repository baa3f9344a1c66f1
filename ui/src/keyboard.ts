// One table of keys: it binds them, and the help shows it.

import { signal } from '@preact/signals';
import { advanceBy, replay, runToNext, togglePause } from './actions';
import { copyAsCurl } from './copy/kinds';
import { base } from './api';
import { copy } from './parts/ui';
import { failNext, next, play, recover, togglePresenter } from './presenter';
import { go, screen, search, setSearch } from './route';
import { close, open, selectedRow, step } from './state/selection';
import { follow } from './state/following';
import type { TextKey } from './text';

interface Key {
  key: string;
  /** The key is bound on the presenter's screen alone, or on all others; by default on each. */
  on?: 'presenter' | 'page';
  text: TextKey;
  act: () => void;
}

export const isHelpOpen = signal(false);

function toTimeline(work: () => void): () => void {
  return () => {
    if (screen.value !== 'timeline') go('timeline');
    work();
  };
}

function focusSearch(): void {
  const focus = () => document.getElementById('search')?.focus();
  // At once where it can be: the letters that are typed next are the search.
  if (screen.value === 'timeline') return focus();
  go('timeline', undefined, search.value);
  requestAnimationFrame(focus);
}

function replaySelected(): void {
  const row = selectedRow.value;
  if (row?.kind === 'webhook') void replay(row.delivery.id);
}

function copySelected(): void {
  const row = selectedRow.value;
  if (row) void copy(copyAsCurl(row, base));
}

function escape(): void {
  if (screen.value === 'presenter') togglePresenter();
  else if (!close() && search.value !== '') setSearch('');
}

export const KEYS: readonly Key[] = [
  { key: '/', on: 'page', text: 'key.search', act: focusSearch },
  { key: 'j', on: 'page', text: 'key.down', act: toTimeline(() => step(1)) },
  { key: 'k', on: 'page', text: 'key.up', act: toTimeline(() => step(-1)) },
  { key: 'Enter', on: 'page', text: 'key.open', act: open },
  { key: 'Escape', text: 'key.close', act: escape },
  { key: 'n', text: 'key.next', act: runToNext },
  { key: '.', text: 'key.pause', act: togglePause },
  { key: '+', text: 'key.advance', act: () => void advanceBy('15s') },
  { key: 'r', on: 'page', text: 'key.replay', act: replaySelected },
  { key: 'c', on: 'page', text: 'key.copy', act: copySelected },
  { key: 'f', on: 'page', text: 'key.follow', act: toTimeline(follow) },
  { key: 'p', text: 'key.presenter', act: togglePresenter },
  { key: 'ArrowRight', on: 'presenter', text: 'key.presenter.next', act: next },
  { key: ' ', on: 'presenter', text: 'key.presenter.play', act: play },
  { key: 'f', on: 'presenter', text: 'key.presenter.fail', act: () => void failNext() },
  { key: 'r', on: 'presenter', text: 'key.presenter.recover', act: () => void recover() },
  { key: '?', text: 'key.help', act: () => (isHelpOpen.value = !isHelpOpen.value) },
];

/** The keys of each screen but the presenter's, and the keys of that one. */
export const isBoundOn = (presenter: boolean) => (key: Key): boolean => key.on === undefined || (key.on === 'presenter') === presenter;

/** Where a key writes, chooses or presses, it does only that. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest('input, textarea, select, dialog')) return event.key !== 'Escape' || at.closest('dialog') !== null;
  return (event.key === 'Enter' || event.key === ' ') && at?.closest('a, button, summary') !== null;
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const bound = KEYS.filter(isBoundOn(screen.value === 'presenter')).find(({ key }) => key === pressed);
    if (!bound || isTaken(event)) return;
    event.preventDefault();
    if (event.key === 'Escape' && document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    bound.act();
  });
}
