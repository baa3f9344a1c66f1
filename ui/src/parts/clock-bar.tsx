// The clock of the account, and how to move it.

import { advanceBy, isBusy, runToNext, setMode, togglePause } from '../actions';
import { day, duration, time } from '../format';
import { ahead, mode, nextDue, now, nowSecond, reading } from '../state/clock';
import { future } from '../state/rows';
import { known, t } from '../text';
import type { Mode } from '../types';
import { Button } from './ui';

/** The clock is said to be elsewhere than the wall clock from here on. */
const NOTICEABLE_MS = 2000;
const FAST = 60;

const CHOICES: readonly [string, Mode][] = [
  ['real', 'real'],
  ['manual', 'manual'],
  ['skip', 'skip'],
  ['fast', { scale: FAST }],
];

function nameOf(current: Mode): string {
  return typeof current === 'object' ? 'fast' : current;
}

export function ClockBar() {
  if (!reading.value) return <div class="clock-bar" />;
  const isPaused = mode.value === 'manual';
  return (
    <section class="clock-bar" aria-label={t('clock')}>
      <div class="clock-now">
        <span class="clock-time">{time(nowSecond.value)}</span>
        <span class="clock-day">
          {day(nowSecond.value)}
          <Ahead />
        </span>
      </div>
      <Next />
      <div class="clock-actions">
        <ModeChoice />
        <Button icon={isPaused ? 'play' : 'pause'} onClick={togglePause} title={`${isPaused ? t('clock.resume') : t('clock.pause')} (.)`}>
          <span class="wide">{isPaused ? t('clock.resume') : t('clock.pause')}</span>
        </Button>
        <Button onClick={() => advanceBy('15s')} disabled={isBusy.value} title="+">
          +15 s
        </Button>
        <Button onClick={() => advanceBy('1d')} disabled={isBusy.value}>
          {t('clock.day')}
        </Button>
        <Button icon="next" look="main" onClick={runToNext} disabled={isBusy.value || nextDue.value === null} title="n">
          {t('clock.run')}
        </Button>
      </div>
    </section>
  );
}

function Ahead() {
  const by = ahead.value;
  if (Math.abs(by) < NOTICEABLE_MS) return null;
  return <span class="clock-ahead">{t(by > 0 ? 'clock.ahead' : 'clock.behind', { by: duration(by) })}</span>;
}

function Next() {
  const due = nextDue.value;
  const first = future.value[0];
  if (due === null) return <p class="clock-next hint">{t('clock.nothing')}</p>;
  const what = first?.kind === 'task' ? known('what', first.task.what) : t('clock.something');
  return (
    <p class="clock-next">
      {t('clock.next')} <strong>{what}</strong> {t('clock.in')} <span class="number">{duration(Math.max(0, due - now.value), true)}</span>
    </p>
  );
}

function ModeChoice() {
  const choose = (name: string) => {
    const next = CHOICES.find(([other]) => other === name);
    if (next) void setMode(next[1]);
  };
  const current = mode.value;
  const factor = typeof current === 'object' ? current.scale : FAST;
  return (
    <select class="mode" aria-label={t('clock.mode')} value={nameOf(current)} onChange={(event) => choose(event.currentTarget.value)}>
      {CHOICES.map(([name]) => (
        <option key={name} value={name}>
          {name === 'fast' ? `× ${factor}` : known('mode', name)}
        </option>
      ))}
    </select>
  );
}
