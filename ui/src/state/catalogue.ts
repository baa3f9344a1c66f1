// The scenarios of the emulator, as they are when a screen is opened.

import { signal } from '@preact/signals';
import { get } from '../api';

export const GROUPS = ['own', 'personas', 'people', 'refusals', 'later_events', 'webhook_mishaps'] as const;

export interface Scenario {
  name: string;
  description: string;
  group: (typeof GROUPS)[number];
  documented_in: string | null;
  curp: string | null;
  rule: string | null;
  institution: string | null;
  refusal: { status: number; code: string; message: string } | null;
  scheduled: { after: string; what: string }[];
}

export const catalogue = signal<readonly Scenario[]>([]);

export async function readCatalogue(): Promise<void> {
  const all: Scenario[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page: { scenarios: Scenario[]; next_after: string | null } = await get(`_emulator/scenarios${after && `?after=${after}`}`);
    all.push(...page.scenarios);
    after = page.next_after;
  }
  catalogue.value = all;
}

/** Without accents and capitals, so that nobody has to type them. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Tells that a scenario has all words: in its name, its CURP, its error or its description. */
export function finds({ name, description, curp, rule, refusal }: Scenario, search: string): boolean {
  const text = plain([name, description, curp, rule, refusal?.status, refusal?.code, refusal?.message].join(' '));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}
