// Dates, durations and numbers in the reader's language.

import { computed } from '@preact/signals';
import { locale } from './state/settings';
import { DAY, HOUR, MINUTE, SECOND, YEAR } from './units';

const UNITS: readonly [number, string][] = [
  [YEAR, 'year'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

const formats = computed(() => {
  const of = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale.value, options);
  const unit = (name: string, digits: number) =>
    new Intl.NumberFormat(locale.value, {
      style: 'unit',
      unit: name,
      unitDisplay: 'narrow',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  return {
    time: of({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    day: of({ day: 'numeric', month: 'short', year: 'numeric' }),
    dayShort: of({ day: 'numeric', month: 'short' }),
    month: of({ month: 'short', year: 'numeric' }),
    full: of({ dateStyle: 'medium', timeStyle: 'medium', hour12: false }),
    number: new Intl.NumberFormat(locale.value),
    money: new Intl.NumberFormat(locale.value, { style: 'currency', currency: 'MXN', maximumFractionDigits: 0 }),
    units: new Map(UNITS.map(([, name]) => [name, unit(name, 0)])),
    tenth: unit('second', 1),
    millisecond: unit('millisecond', 0),
  };
});

export const time = (ms: number): string => formats.value.time.format(ms);
export const day = (ms: number): string => formats.value.day.format(ms);
export const dayShort = (ms: number): string => formats.value.dayShort.format(ms);
export const full = (ms: number): string => formats.value.full.format(ms);
export const number = (value: number): string => formats.value.number.format(value);
export const money = (value: number): string => formats.value.money.format(value);
export const latency = (ms: number): string => formats.value.millisecond.format(ms);

/** A date without a time, such as `2026-03-01`. */
export const date = (text: string): string => day(Date.parse(`${text}T12:00:00`));
export const month = (ms: number): string => formats.value.month.format(ms);

/** A duration in its two largest units, such as `6 d 23 h`; below ten seconds with a tenth. */
export function duration(ms: number, withTenths = false): string {
  const { units, tenth, millisecond } = formats.value;
  const length = Math.abs(ms);
  if (withTenths && length < 10 * SECOND) return tenth.format(length / SECOND);
  if (length < SECOND) return millisecond.format(Math.round(length));
  const first = UNITS.findIndex(([size]) => length >= size);
  const parts: string[] = [];
  let rest = length;
  for (const [size, name] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(units.get(name)?.format(count) ?? '');
  }
  return parts.join(' ');
}
