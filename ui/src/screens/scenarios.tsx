// The scenarios as cards, in groups: found by CURP, code or message, and used. Faults stand beside them.

import { useEffect, useState } from 'preact/hooks';
import { arm, createLinkWith, makeDefault } from '../actions';
import { get } from '../api';
import { Faults } from '../parts/faults';
import { Icon } from '../parts/icon';
import { Button, Empty, Pill, copy } from '../parts/ui';
import { GROUPS, catalogue, finds, readCatalogue, type Scenario } from '../state/catalogue';
import { storyOf } from '../state/personas';
import { known, t, tn } from '../text';

/** More tasks than these are counted. */
const SHOWN_TASKS = 5;

export function ScenariosScreen() {
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    void readCatalogue();
    get<{ scenario: string | null; process: string }>('_emulator/default-scenario').then(({ scenario, process }) => setChosen(scenario ?? process), () => setChosen(null));
  }, []);
  const found = catalogue.value.filter((scenario) => finds(scenario, search));
  return (
    <div class="page page-wide">
      <header class="page-head">
        <h1>{t('nav.scenarios')}</h1>
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">{t('search')}</span>
          <input type="search" placeholder={t('scenarios.search')} value={search} spellcheck={false} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <span class="hint" role="status">
          {catalogue.value.length > 0 && tn('scenarios.count', found.length)}
        </span>
      </header>
      {catalogue.value.length > 0 && found.length === 0 && <Empty title={t('scenarios.none')} />}
      {GROUPS.map((group) => {
        const cards = found.filter((scenario) => scenario.group === group);
        return (
          cards.length > 0 && (
            <section key={group} class="group" aria-label={known('group', group)}>
              <h2>{known('group', group)}</h2>
              <div class="cards">
                {cards.map((scenario) => (
                  <Card key={scenario.name} scenario={scenario} isDefault={scenario.name === chosen} onDefault={() => setChosen(scenario.name)} />
                ))}
              </div>
            </section>
          )
        );
      })}
      <Faults />
    </div>
  );
}

interface CardProps {
  scenario: Scenario;
  isDefault: boolean;
  onDefault: () => void;
}

function Card({ scenario, isDefault, onDefault }: CardProps) {
  const { name, curp, rule, refusal } = scenario;
  return (
    <article class="card scenario" aria-label={name}>
      <header>
        <h3>{name}</h3>
        {refusal && <Pill tone="warn">{refusal.status}</Pill>}
        {isDefault && <Pill tone="accent">{t('scenario.is-default')}</Pill>}
      </header>
      <p>{storyOf(scenario)}</p>
      {refusal && (
        <p class="hint">
          <code>{refusal.code}</code> {refusal.message}
        </p>
      )}
      <Future scenario={scenario} />
      {curp ? (
        <button type="button" class="curp" title={t('scenario.copy')} onClick={() => copy(curp)}>
          {curp}
        </button>
      ) : (
        <span class="hint">{rule ?? t('scenario.by-name')}</span>
      )}
      <div class="actions">
        <Button look="main" onClick={() => createLinkWith(scenario)}>
          {t('scenario.create')}
        </Button>
        <Button title={t('scenario.arm.text')} onClick={() => arm(name)}>
          {t('scenario.arm')}
        </Button>
        {!isDefault && !refusal && (
          <Button
            look="quiet"
            title={t('scenario.default.text')}
            onClick={async () => {
              if ((await makeDefault(name)) !== null) onDefault();
            }}
          >
            {t('scenario.default')}
          </Button>
        )}
      </div>
    </article>
  );
}

/** The small future of a scenario: what happens after how long. */
function Future({ scenario: { scheduled } }: { scenario: Scenario }) {
  if (scheduled.length === 0) return null;
  return (
    <ol class="small-future">
      {scheduled.slice(0, SHOWN_TASKS).map((task, place) => (
        <li key={place}>
          <span class="number">{task.after}</span> {known('what', task.what)}
        </li>
      ))}
      {scheduled.length > SHOWN_TASKS && <li class="hint">{tn('future.more', scheduled.length - SHOWN_TASKS)}</li>}
    </ol>
  );
}
