// The rows that the timeline shows: those that fit the search, a page of them at a time.

import { computed, effect, signal } from '@preact/signals';
import { search } from '../route';
import { matches, parse } from '../search';
import { heldBack } from './following';
import { scheduledCount } from './future';
import { future, past } from './rows';

export const PAGE_ROWS = 500;
/** The rows of the future that stand above the now line at first, on a wide screen and on a narrow one. */
const NEAR_FUTURE_ROWS = [6, 3] as const;
const NARROW_PX = 820;

export const pageCount = signal(1);
export const showsAllFuture = signal(false);

const terms = computed(() => parse(search.value));

effect(() => {
  search.value;
  pageCount.value = 1;
});

export const shown = computed(() => {
  const wanted = terms.value;
  const isAll = wanted.length === 0;
  const allFuture = isAll ? future.value : future.value.filter((row) => matches(row, wanted));
  const settled = past.value.slice(heldBack.value);
  const allPast = isAll ? settled : settled.filter((row) => matches(row, wanted));
  const near = showsAllFuture.value ? allFuture.slice(0, PAGE_ROWS) : allFuture.slice(0, NEAR_FUTURE_ROWS[innerWidth <= NARROW_PX ? 1 : 0]);
  const visible = allPast.slice(0, pageCount.value * PAGE_ROWS);
  // The farthest stands at the top, the nearest above the now line.
  const ahead = [...near].reverse();
  return {
    future: ahead,
    past: visible,
    all: [...ahead, ...visible],
    furtherFuture: (isAll ? Math.max(scheduledCount.value, allFuture.length) : allFuture.length) - near.length,
    furtherPast: allPast.length - visible.length,
    fits: allPast.length + allFuture.length,
  };
});
