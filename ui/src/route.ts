// The part of the address behind `#`: the screen, its object, and the terms of the search. Keys that
// stand there are taken out at once, so that they stay in no history.

import { computed, signal } from '@preact/signals';
import { parseKeys, useKeys } from './api';

export const SCREENS = ['timeline', 'links', 'webhooks', 'scenarios', 'problems', 'reference', 'presenter'] as const;
export type Screen = (typeof SCREENS)[number];

interface Route {
  screen: Screen;
  id: string | null;
  search: string;
}

const current = signal<Route>(takeKeys() ?? read());

export const screen = computed(() => current.value.screen);
export const routeId = computed(() => current.value.id);
export const search = computed(() => current.value.search);

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', id] = path.split('/');
  const screen = SCREENS.find((known) => known === name) ?? 'timeline';
  return { screen, id: id ? decodeURIComponent(id) : null, search: new URLSearchParams(query).get('q') ?? '' };
}

/** Takes the keys of `#keys=ID:PASSWORD`. */
function takeKeys(): Route | null {
  const found = /^#keys=(.+)$/.exec(location.hash);
  const keys = found?.[1] ? parseKeys(decodeURIComponent(found[1])) : null;
  if (!keys) return null;
  useKeys(keys);
  history.replaceState(null, '', '#/timeline');
  return read();
}

export function href(screen: Screen, id?: string, search?: string): string {
  const query = search ? `?${new URLSearchParams({ q: search })}` : '';
  return `#/${screen}${id ? `/${encodeURIComponent(id)}` : ''}${query}`;
}

export function go(screen: Screen, id?: string, search?: string): void {
  location.hash = href(screen, id, search);
}

/** Sets the terms of the search, without a new entry in the history for each letter. */
export function setSearch(text: string): void {
  history.replaceState(null, '', href('timeline', undefined, text));
  current.value = read();
}

addEventListener('hashchange', () => {
  current.value = takeKeys() ?? read();
});
