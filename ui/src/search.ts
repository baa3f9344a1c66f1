// The search of the timeline: words, and terms such as `status:>=400`, `link:59a8` and `is:future`.

import { curpOfLink } from './state/log';
import { linkName, type Row } from './state/rows';
import { detailOf, titleOf } from './titles';

export interface Term {
  key: string | null;
  value: string;
}

type Test = (row: Row, value: string) => boolean;

const COMPARED = /^(>=|<=|>|<)?(\d{3})$/;
const CLASS = /^(\d)xx$/;

function isStatus(status: number | null, value: string): boolean {
  const family = CLASS.exec(value);
  if (family) return status !== null && Math.floor(status / 100) === Number(family[1]);
  const [, operator, digits] = COMPARED.exec(value) ?? [];
  if (status === null || digits === undefined) return false;
  const wanted = Number(digits);
  switch (operator) {
    case '>=':
      return status >= wanted;
    case '<=':
      return status <= wanted;
    case '>':
      return status > wanted;
    case '<':
      return status < wanted;
    default:
      return status === wanted;
  }
}

function statusOf(row: Row): number | null {
  if (row.kind === 'request') return row.request.status;
  return row.kind === 'webhook' ? (row.attempt?.answer?.status ?? null) : null;
}

const IS: Record<string, (row: Row) => boolean> = {
  future: (row) => row.kind === 'task',
  past: (row) => row.kind !== 'task',
  request: (row) => row.kind === 'request',
  webhook: (row) => row.kind === 'webhook' || (row.kind === 'task' && row.task.brings_webhook),
  change: (row) => row.kind === 'change',
  clock: (row) => row.kind === 'move',
  error: (row) => row.tone === 'bad' || row.tone === 'warn',
  failed: (row) => row.kind === 'webhook' && row.tone === 'bad',
  delivered: (row) => row.kind === 'webhook' && row.delivery.state === 'delivered',
  pending: (row) => row.kind === 'webhook' && row.delivery.state === 'pending',
  fault: (row) => faultsOf(row).length > 0,
};

/** The words after `is:`. */
export const STATES = Object.keys(IS);

function faultsOf(row: Row): string[] {
  if (row.kind === 'task') return row.task.faults;
  if (row.kind === 'request') return row.request.faults;
  if (row.kind === 'fault') return [row.entry.fault ?? ''];
  return row.kind === 'webhook' ? row.delivery.faults : [];
}

const KEYS: Record<string, Test> = {
  status: (row, value) => isStatus(statusOf(row), value),
  is: (row, value) => IS[value]?.(row) ?? false,
  link: (row, value) =>
    (row.link?.startsWith(value) ?? false) ||
    (row.kind === 'request' && row.request.links.some((link) => link.startsWith(value))),
  curp: (row, value) => row.link !== null && (curpOfLink.value.get(row.link) ?? '').toLowerCase().startsWith(value),
  operation: (row, value) => row.kind === 'request' && (row.request.operation ?? '').toLowerCase().includes(value),
  method: (row, value) => row.kind === 'request' && row.request.method.toLowerCase() === value,
  code: (row, value) => words(row).includes(value),
};

/** The keys of terms. */
export const TERMS = Object.keys(KEYS);

export function parse(text: string): Term[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const colon = word.indexOf(':');
      const key = word.slice(0, Math.max(0, colon));
      return colon > 0 && key in KEYS ? { key, value: word.slice(colon + 1) } : { key: null, value: word };
    });
}

const kept = new WeakMap<object, string>();

/** All text of a row that words of a search are looked for in. */
function words(row: Row): string {
  const of = row.kind === 'request' ? row.request : row.kind === 'webhook' ? row.delivery : row.kind === 'change' || row.kind === 'fault' ? row.entry : row;
  let known = kept.get(of);
  if (known === undefined) {
    known = JSON.stringify(of).toLowerCase();
    kept.set(of, known);
  }
  return known;
}

/** What the page says of a row that has few words of its own. */
function heading(row: Row): string {
  if (row.kind === 'request' || row.kind === 'webhook') return '';
  const detail = row.kind === 'change' ? detailOf(row.entry) : '';
  return `${titleOf(row)} ${detail}`.toLowerCase();
}

export function matches(row: Row, terms: readonly Term[]): boolean {
  return terms.every(({ key, value }) => {
    if (value === '') return true;
    if (key) return KEYS[key]?.(row, value) ?? false;
    return words(row).includes(value) || heading(row).includes(value) || (row.link !== null && linkName(row.link).toLowerCase().includes(value));
  });
}
