// The row that is selected, and whether the drawer shows it.

import { computed, signal } from '@preact/signals';
import { shown } from './shown';
import { rowsByKey } from './rows';

export const selected = signal<string | null>(null);
export const isOpen = signal(false);

export const selectedRow = computed(() => (selected.value ? (rowsByKey.value.get(selected.value) ?? null) : null));

export function select(key: string, andOpen = true): void {
  selected.value = key;
  if (andOpen) isOpen.value = true;
}

export function open(): void {
  if (selectedRow.value) isOpen.value = true;
}

/** Closes the drawer. Returns false where it was closed. */
export function close(): boolean {
  const was = isOpen.value;
  isOpen.value = false;
  if (was) focusRow();
  return was;
}

/** Selects the next row in the order of the screen. */
export function step(by: 1 | -1): void {
  const rows = shown.value.all;
  const at = rows.findIndex((row) => row.key === selected.value);
  const start = shown.value.future.length;
  const next = rows[at < 0 ? Math.min(start, rows.length - 1) : at + by];
  if (!next) return;
  selected.value = next.key;
  focusRow();
}

function focusRow(): void {
  const key = selected.value;
  requestAnimationFrame(() => document.getElementById(`row-${key}`)?.focus({ preventScroll: false }));
}
