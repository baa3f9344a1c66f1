// A request in the drawer: why it was answered so, what was asked and what was answered.

import { useEffect, useState } from 'preact/hooks';
import { get } from '../api';
import { full } from '../format';
import { select } from '../state/selection';
import { known, t } from '../text';
import type { Explanation, Matched, Recorded } from '../types';
import { Fact, Part } from './drawer';
import { JsonView } from './json';
import { LinkChip, Pill } from './ui';
import { rowsByKey } from '../state/rows';

export function RequestDetail({ request }: { request: Recorded }) {
  return (
    <>
      <Part title={t('summary')}>
        <dl class="facts">
          <Fact name={t('fact.status')}>
            <Pill tone={request.status < 400 ? 'ok' : request.status < 500 ? 'warn' : 'bad'}>{request.status}</Pill>
          </Fact>
          {request.operation && <Fact name={t('fact.operation')}>{request.operation}</Fact>}
          {request.links.length > 0 && (
            <Fact name={t('fact.link')}>
              {request.links.slice(0, 5).map((link) => (
                <LinkChip key={link} id={link} />
              ))}
            </Fact>
          )}
          {request.faults.length > 0 && <Fact name={t('fact.faults')}>{request.faults.join(', ')}</Fact>}
          <Fact name={t('fact.request-id')}>
            <code>{request.request_id}</code>
          </Fact>
        </dl>
      </Part>
      <WhyOf request={request.request_id} />
      <Part title={t('request')}>
        {Object.keys(request.query).length > 0 && <Pairs pairs={request.query} />}
        <JsonView value={request.body} label={t('request')} truncated={request.body_truncated} />
        <Headers headers={request.headers} />
      </Part>
      <Part title={t('answer')}>
        <JsonView value={request.answer} label={t('answer')} truncated={request.answer_truncated} />
      </Part>
    </>
  );
}

/** Why a request was answered so, and what it brought. */
export function WhyOf({ request }: { request: string }) {
  const [explained, setExplained] = useState<Explanation | null>(null);
  useEffect(() => {
    get<Explanation>(`_emulator/requests/${request}`).then(setExplained, () => setExplained(null));
  }, [request]);
  return explained && <Why explained={explained} />;
}

function Why({ explained }: { explained: Explanation }) {
  const { scenario, notes, scheduled, scheduled_count, deliveries } = explained;
  return (
    <Part title={t('why')}>
      {scenario ? <Scenario matched={scenario} /> : <p class="hint">{t('why.no-scenario')}</p>}
      {notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {scenario && scenario.tried.length > 0 && (
        <details class="tried">
          <summary>{t('why.tried', { n: scenario.tried.length })}</summary>
          <ul>
            {scenario.tried.map((tried) => (
              <li key={`${tried.by} ${tried.name}`}>
                <strong>{tried.name}</strong> <span class="hint">{tried.why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {scheduled.length > 0 && (
        <>
          <h4>{t('why.scheduled', { n: scheduled_count })}</h4>
          <ul class="plain-list">
            {scheduled.slice(0, 5).map((task) => (
              <li key={task.id}>
                {known('what', task.what)} <span class="hint">{full(Date.parse(task.due))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {deliveries.length > 0 && (
        <>
          <h4>{t('why.deliveries')}</h4>
          <p>
            {deliveries.slice(0, 20).map((id) => (
              <DeliveryLink key={id} id={id} />
            ))}
          </p>
        </>
      )}
    </Part>
  );
}

function DeliveryLink({ id }: { id: number }) {
  const found = [`d${id}.1`, `d${id}`].find((key) => rowsByKey.value.has(key));
  return (
    <button type="button" class="text-button" disabled={!found} onClick={() => found && select(found)}>
      {t('webhook.number', { id })}
    </button>
  );
}

function Scenario({ matched }: { matched: Matched }) {
  return (
    <dl class="facts">
      <Fact name={t('fact.scenario')}>
        <strong>{matched.name}</strong>
      </Fact>
      <Fact name={t('fact.because')}>
        {matched.why} <span class="hint">({known('by', matched.by)})</span>
      </Fact>
      <Fact name={t('fact.file')}>
        <code>
          {matched.file}:{matched.line}
        </code>
      </Fact>
    </dl>
  );
}

export function Headers({ headers }: { headers: Record<string, string> }) {
  if (Object.keys(headers).length === 0) return null;
  return (
    <details class="tried">
      <summary>{t('headers')}</summary>
      <Pairs pairs={headers} />
    </details>
  );
}

function Pairs({ pairs }: { pairs: Record<string, string> }) {
  return (
    <dl class="pairs">
      {Object.entries(pairs).map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </dl>
  );
}
