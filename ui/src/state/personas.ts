// The people of the demo, and how far each one's story is in this account.

import { computed } from '@preact/signals';
import { known, t } from '../text';
import { TEXTS } from '../texts';
import type { Delivery, Link, Recorded, Task } from '../types';
import { catalogue, type Scenario } from './catalogue';
import { scheduled } from './future';
import { curpOfLink, deliveries, links, requests } from './log';

/** Tasks of which nobody notices anything. */
const QUIET: readonly string[] = ['refresh', 'data expires', 'credentials expire'];

export interface Persona {
  scenario: Scenario;
  name: string;
  role: string;
  story: string;
  link: Link | null;
  /** The registration that was refused, where there is no link. */
  refused: Recorded | null;
  /** What happens next to the person, and is noticed. */
  next: Task | null;
  /** The last webhook about the person. */
  last: Delivery | null;
}

const isNoticed = (task: Task): boolean => !QUIET.includes(task.what);

/** What happens next to anybody, and is noticed. */
export const nextBeat = computed<Task | null>(() => scheduled.value.find(isNoticed) ?? null);

/** Tells that a webhook of the next beat is to be lost: a load and its webhook are two tasks of one moment. */
export const isSpoilt = computed(() => {
  const beat = nextBeat.value;
  return scheduled.value.some(({ due, link, faults }) => due === beat?.due && link === beat.link && faults.length > 0);
});

/** The story of a scenario in the reader's language, or its description. */
export function storyOf({ name, description }: Scenario): string {
  return `story.${name}` in TEXTS ? known('story', name) : description;
}

function read(scenario: Scenario): Pick<Persona, 'name' | 'role' | 'story'> {
  const [, name = scenario.name, role = '', story = ''] = /^(.+?), ([^:]+): (.+)$/.exec(storyOf(scenario)) ?? [];
  return { name, role, story: story.charAt(0).toUpperCase() + story.slice(1) };
}

function registrationsOf(curp: string): Recorded[] {
  return requests.value.filter(({ operation, body }) => {
    const isOfBody = body !== null && typeof body === 'object' && !Array.isArray(body) && body['username'] === curp;
    return operation === 'RegisterLink' && isOfBody;
  });
}

export const personas = computed<readonly Persona[]>(() => {
  const all = catalogue.value.filter(({ group }) => group === 'personas');
  const sent = [...deliveries.value.values()];
  return all.map((scenario) => {
    const link = links.value.find(({ id }) => scenario.curp !== null && curpOfLink.value.get(id) === scenario.curp) ?? null;
    const last = registrationsOf(scenario.curp ?? '').at(-1);
    return {
      scenario,
      ...read(scenario),
      link,
      refused: !link && last && last.status >= 400 ? last : null,
      next: link ? (scheduled.value.find((task) => task.link === link.id && isNoticed(task)) ?? null) : null,
      last: link ? (sent.filter((delivery) => delivery.link === link.id).at(-1) ?? null) : null,
    };
  });
});

/** The name by which an audience knows the person of a link. */
export function nameOf(link: string): string {
  const persona = personas.value.find((other) => other.link?.id === link);
  return persona?.name.split(' ')[0] ?? t('presenter.somebody');
}
