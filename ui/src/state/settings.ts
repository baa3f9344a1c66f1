// What a reader chooses for this browser: the language and the theme.

import { computed, effect, signal } from '@preact/signals';

export type Language = 'en' | 'es';
export type Theme = 'system' | 'light' | 'dark';

export const LANGUAGES: readonly Language[] = ['en', 'es'];
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function kept<T extends string>(name: string, choices: readonly T[], otherwise: T) {
  const stored = localStorage.getItem(`belvo-emulator.${name}`) as T | null;
  const chosen = signal<T>(stored && choices.includes(stored) ? stored : otherwise);
  effect(() => localStorage.setItem(`belvo-emulator.${name}`, chosen.value));
  return chosen;
}

export const language = kept<Language>('language', LANGUAGES, navigator.language.startsWith('es') ? 'es' : 'en');
export const theme = kept<Theme>('theme', THEMES, 'system');

/** The language with its country, for dates and numbers. */
export const locale = computed(() => (language.value === 'es' ? 'es-MX' : 'en-GB'));

effect(() => {
  document.documentElement.lang = language.value;
  document.documentElement.dataset['theme'] = theme.value;
});
