// Texts in the reader's language.

import { TEXTS, type TextKey } from './texts';
import { language, locale } from './state/settings';

export type { TextKey };

/** The text of a key, with the values of its `{names}`. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const text = TEXTS[key][language.value === 'es' ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of a number of things, whose forms for one and for others stand on both sides of `|`. */
export function tn(key: TextKey, n: number): string {
  const [one = '', other = one] = t(key, { n: new Intl.NumberFormat(locale.value).format(n) }).split('|');
  return new Intl.PluralRules(locale.value).select(n) === 'one' ? one : other;
}

/** The text of a word of the API, or the word itself where the page knows none. */
export function known(prefix: string, word: string): string {
  const key = `${prefix}.${word}`;
  return key in TEXTS ? t(key as TextKey) : word;
}
