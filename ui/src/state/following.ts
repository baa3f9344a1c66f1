// Whether the timeline shows what is new at once. It does not while its reader looks at older rows.

import { computed, signal } from '@preact/signals';
import { past } from './rows';

/** Above this, the newest rows are in sight. */
const NEAR_TOP_PX = 160;

/** The key of the newest row when the reader scrolled away; null while the timeline follows. */
const held = signal<string | null>(null);

export const isFollowing = computed(() => held.value === null);

/** The past without the rows that came while the reader looked elsewhere. */
export const heldBack = computed(() => {
  const rows = past.value;
  const at = held.value === null ? 0 : rows.findIndex((row) => row.key === held.value);
  return Math.max(0, at);
});

export function follow(): void {
  held.value = null;
  scrollTo({ top: 0 });
}

addEventListener(
  'scroll',
  () => {
    if (scrollY <= NEAR_TOP_PX) held.value = null;
    else if (held.value === null) held.value = past.value[0]?.key ?? null;
  },
  { passive: true },
);
