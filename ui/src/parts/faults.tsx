// The faults that are in place, and a new one.

import { useState } from 'preact/hooks';
import { addFault, removeFault } from '../actions';
import { faults } from '../state/log';
import { known, t } from '../text';
import { Button, Empty, Field } from './ui';

const FAULTS: readonly [string, unknown][] = [
  ['webhook_drop', 'webhook_drop'],
  ['webhook_late', { webhook_late: { by: '1m' } }],
  ['webhook_duplicate', { webhook_duplicate: { copies: 1 } }],
  ['webhook_reorder', 'webhook_reorder'],
  ['webhook_malformed_body', 'webhook_malformed_body'],
  ['webhook_wrong_authorization', 'webhook_wrong_authorization'],
  ['latency', { latency: { delay: '2s' } }],
  ['reset_peer', 'reset_peer'],
  ['truncated_body', 'truncated_body'],
];

export function Faults() {
  const [chosen, setChosen] = useState('webhook_drop');
  const [times, setTimes] = useState(1);
  const fault = FAULTS.find(([name]) => name === chosen)?.[1];
  const submit = (event: Event) => {
    event.preventDefault();
    void addFault({ fault, times });
  };
  return (
    <section class="card" aria-label={t('faults.title')}>
      <h2>{t('faults.title')}</h2>
      <p class="hint">{t('faults.text')}</p>
      <form class="inline-form" onSubmit={submit}>
        <Field label={t('fault')}>
          <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            {FAULTS.map(([name]) => (
              <option key={name} value={name}>
                {known('fault', name)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('fault.times')}>
          <input type="number" min={1} max={1000} value={times} onInput={(event) => setTimes(event.currentTarget.valueAsNumber || 1)} />
        </Field>
        <Button type="submit" look="main">
          {t('fault.add')}
        </Button>
      </form>
      {faults.value.length === 0 ? <Empty title={t('faults.none')} /> : <List />}
    </section>
  );
}

function List() {
  return (
    <ul class="plain-list">
      {faults.value.map((entry) => (
        <li key={entry.id} class="fault">
          <code>{typeof entry.fault === 'string' ? entry.fault : JSON.stringify(entry.fault)}</code>
          <span class="hint">{t('fault.counts', { injected: entry.injected, left: entry.left ?? '∞' })}</span>
          <Button look="quiet" onClick={() => removeFault(entry.id)}>
            {t('fault.remove')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
