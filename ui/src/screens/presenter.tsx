// For an audience: the clock, what comes next, and the people of the demo, each as a card with a story.

import { useEffect } from 'preact/hooks';
import { createLinkWith } from '../actions';
import { Icon } from '../parts/icon';
import { Countdown } from '../parts/row';
import { Button, Pill } from '../parts/ui';
import { day, duration, time } from '../format';
import { FACTOR, failNext, isPlaying, lostDelivery, next, play, recover, togglePresenter } from '../presenter';
import { go } from '../route';
import { readCatalogue } from '../state/catalogue';
import { mode, nowSecond } from '../state/clock';
import { isReadOnly } from '../state/demo';
import { isSpoilt, nameOf, nextBeat, personas, type Persona } from '../state/personas';
import type { Tone } from '../state/rows';
import { known, t } from '../text';
import { SECOND } from '../units';

export function PresenterScreen() {
  useEffect(() => void readCatalogue(), []);
  return (
    <div class="presenter">
      <header class="presenter-head">
        <h1 class="visually-hidden">{t('nav.presenter')}</h1>
        <div class="presenter-clock">
          <span class="presenter-time">{time(nowSecond.value)}</span>
          <span class="presenter-day">
            {day(nowSecond.value)} <ModePill />
          </span>
        </div>
        <Next />
        <p class="presenter-brand">
          <span class="mark" aria-hidden="true" />
          <span>
            belvo-emulator
            <span class="unofficial">{t('unofficial')}</span>
          </span>
        </p>
      </header>
      <ul class="stories" aria-label={t('group.personas')}>
        {personas.value.map((persona) => (
          <Story key={persona.scenario.name} persona={persona} />
        ))}
      </ul>
      <Controls />
    </div>
  );
}

function ModePill() {
  const current = mode.value;
  if (typeof current === 'object') return <Pill tone="accent">× {current.scale}</Pill>;
  return <Pill tone="plain">{current === 'manual' ? t('presenter.paused') : known('mode', current)}</Pill>;
}

function Next() {
  const beat = nextBeat.value;
  if (!beat) return <p class="presenter-next">{t('clock.nothing')}</p>;
  return (
    <p class="presenter-next">
      <span class="presenter-label">{t('presenter.next')}</span>
      <span class="presenter-what">
        {known('what', beat.what)} · {nameOf(beat.link)}
      </span>
      <span class="presenter-in">
        {t('clock.in')} <Countdown to={Date.parse(beat.due)} />
        {isSpoilt.value && <Pill tone="bad">{t('presenter.will-be-lost')}</Pill>}
      </span>
    </p>
  );
}

const initials = (name: string): string =>
  name
    .split(' ')
    .slice(0, 2)
    .map((word) => word[0])
    .join('');

function Story({ persona }: { persona: Persona }) {
  const { scenario, name, role, story, link, last } = persona;
  const [tone, state] = stateOf(persona);
  const open = (event: MouseEvent) => {
    // The space bar goes on to play, and does not press the card again.
    if (event.currentTarget instanceof HTMLElement && event.detail > 0) event.currentTarget.blur();
    if (link) go('links', link.id);
    else void createLinkWith(scenario);
  };
  return (
    <li class={`story tone-${tone}`}>
      <button type="button" disabled={!link && isReadOnly.value} title={link ? t('presenter.open') : t('presenter.register')} onClick={open}>
        <span class="story-who">
          <span class="avatar" aria-hidden="true">
            {initials(name)}
          </span>
          <span>
            <strong>{name}</strong>
            <span class="story-role">{role}</span>
          </span>
        </span>
        <span class="story-text">{story}</span>
        <span class="story-state" key={last ? `${last.id} ${last.state}` : 'none'}>
          <Pill tone={tone}>{state}</Pill>
          <Coming persona={persona} />
        </span>
      </button>
    </li>
  );
}

function Coming({ persona: { next: task, last, link } }: { persona: Persona }) {
  if (task) {
    return (
      <span class="story-next">
        {known('what', task.what)} {t('clock.in')} <Countdown to={Date.parse(task.due)} />
      </span>
    );
  }
  if (!link) return null;
  const since = Math.max(0, nowSecond.value - Date.parse(last?.created_at ?? link.created_at));
  return <span class="story-next">{since < SECOND ? t('presenter.just-now') : t('presenter.ago', { by: duration(since) })}</span>;
}

/** The state of a story, as a colour and in words. */
function stateOf({ link, refused, next: task, last }: Persona): [Tone, string] {
  if (refused) return ['bad', t('presenter.refused', { status: refused.status })];
  if (!link) return ['plain', t('presenter.absent')];
  if (last?.state === 'dropped') return ['bad', t('presenter.lost')];
  if (last?.state === 'failed') return ['bad', known('state', 'failed')];
  if (link.status !== 'valid') return ['warn', known('status', link.status)];
  if (task?.what.startsWith('load')) return ['plain', t('presenter.loading')];
  return last ? ['ok', last.webhook_code === 'historical_update' ? t('presenter.loaded') : known('news', last.webhook_code)] : ['warn', t('presenter.silent')];
}

function Controls() {
  const press = (work: () => unknown) => (event: MouseEvent) => {
    if (event.currentTarget instanceof HTMLElement && event.detail > 0) event.currentTarget.blur();
    void work();
  };
  return (
    <footer class="presenter-controls">
      {!isReadOnly.value && (
        <>
          <Button look="main" onClick={press(next)}>
            <kbd>→</kbd> {t('presenter.do.next')}
          </Button>
          <Button aria-pressed={isPlaying()} onClick={press(play)}>
            <kbd>{t('presenter.space')}</kbd> {isPlaying() ? t('clock.pause') : t('presenter.do.play', { factor: FACTOR })}
          </Button>
          <Button onClick={press(failNext)}>
            <kbd>F</kbd> {t('presenter.do.fail')}
          </Button>
          <Button look={lostDelivery() ? 'main' : 'plain'} onClick={press(recover)}>
            <kbd>R</kbd> {t('presenter.do.recover')}
          </Button>
        </>
      )}
      <Button onClick={press(togglePresenter)}>
        <kbd>Esc</kbd> {t('presenter.leave')}
        <Icon name="close" />
      </Button>
    </footer>
  );
}
