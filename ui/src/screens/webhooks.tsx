// The endpoint of the webhooks, and the deliveries.

import { useState } from 'preact/hooks';
import { perform } from '../actions';
import { full } from '../format';
import { Drawer, Fact } from '../parts/drawer';
import { Button, Dialog, Empty, Field, LinkChip, Pill } from '../parts/ui';
import { maySetReceiver } from '../state/demo';
import { act, deliveries, endpoint, links } from '../state/log';
import { isOpen, select, selected, selectedRow } from '../state/selection';
import { known, t, tn } from '../text';
import type { Delivery } from '../types';

const STEP = 200;

export function WebhooksScreen() {
  const isDrawerOpen = isOpen.value && selectedRow.value !== null;
  return (
    <div class={isDrawerOpen ? 'split split-open' : 'split'}>
      <div class="page">
        <header class="page-head">
          <h1>{t('nav.webhooks')}</h1>
        </header>
        <Endpoint />
        <List />
      </div>
      {isDrawerOpen && selectedRow.value && <Drawer row={selectedRow.value} />}
    </div>
  );
}

function Endpoint() {
  const [isEditing, setEditing] = useState(false);
  const target = endpoint.value;
  if (!target) return null;
  return (
    <section class="card" aria-label={t('endpoint')}>
      <div class="card-head">
        <h2>{t('endpoint')}</h2>
        <div class="actions">
          <TestEvent />
          {maySetReceiver.value && <Button onClick={() => setEditing(true)}>{t('endpoint.change')}</Button>}
          {maySetReceiver.value && target.url && <Button onClick={() => perform(() => act('DELETE', '_emulator/webhooks/endpoint'))}>{t('endpoint.remove')}</Button>}
        </div>
      </div>
      {target.url ? (
        <dl class="facts facts-wide">
          <Fact name={t('fact.url')}>
            <code>{target.url}</code>
          </Fact>
          {target.other_urls.length > 0 && (
            <Fact name={t('endpoint.others')}>
              <code>{target.other_urls.join(' ')}</code>
            </Fact>
          )}
          <Fact name="Authorization">{target.has_authorization ? t('endpoint.authorization') : t('endpoint.no-authorization')}</Fact>
          <Fact name={t('endpoint.retries')}>{t('endpoint.retries.text', { n: target.retries, delay: target.retry_delay })}</Fact>
        </dl>
      ) : (
        <p class="note">{t('webhook.no-endpoint.fix')}</p>
      )}
      {!maySetReceiver.value && <p class="hint">{t('endpoint.operator')}</p>}
      {isEditing && <Edit onClose={() => setEditing(false)} />}
    </section>
  );
}

/** Sends an event that did not happen, about the newest link. */
function TestEvent() {
  const link = links.value[0];
  const send = () => perform(() => act('POST', '_emulator/webhooks/trigger', { link: link?.id, webhook_code: 'historical_update', webhook_type: 'EMPLOYMENT_RECORDS' }), t('endpoint.tested'));
  return (
    <Button look="main" disabled={!link} title={link ? undefined : t('endpoint.test.no-link')} onClick={send}>
      {t('endpoint.test')}
    </Button>
  );
}

function Edit({ onClose }: { onClose: () => void }) {
  const [url, setUrl] = useState(endpoint.value?.url ?? '');
  const [authorization, setAuthorization] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { url, ...(authorization === '' ? {} : { authorization }) };
    if ((await perform(() => act('PUT', '_emulator/webhooks/endpoint', body), t('endpoint.changed'))) !== null) onClose();
  };
  return (
    <Dialog title={t('endpoint')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={t('fact.url')}>
          <input type="url" required value={url} placeholder="http://localhost:9000/webhooks" onInput={(event) => setUrl(event.currentTarget.value)} />
        </Field>
        <Field label="Authorization" hint={t('endpoint.authorization.hint')}>
          <input value={authorization} autocomplete="off" onInput={(event) => setAuthorization(event.currentTarget.value)} />
        </Field>
        <Button type="submit" look="main">
          {t('endpoint.change')}
        </Button>
      </form>
    </Dialog>
  );
}

const keyOf = (delivery: Delivery): string => {
  const last = delivery.attempts.at(-1);
  return last ? `d${delivery.id}.${last.number}` : `d${delivery.id}`;
};

function List() {
  const [count, setCount] = useState(STEP);
  const all = [...deliveries.value.values()].sort((a, b) => b.id - a.id);
  if (all.length === 0) return <Empty title={t('deliveries.empty')} />;
  return (
    <>
      <div class="table-box" tabIndex={0} role="region" aria-label={t('deliveries')}>
        <table class="table table-rows">
          <thead>
            <tr>
              <th scope="col">{t('deliveries')}</th>
              <th scope="col">{t('fact.state')}</th>
              <th scope="col">{t('fact.link')}</th>
              <th scope="col">{t('attempts')}</th>
              <th scope="col">{t('fact.created')}</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, count).map((delivery) => (
              <tr key={delivery.id} class={selected.value?.split('.')[0] === `d${delivery.id}` ? 'row-selected' : undefined}>
                <td>
                  <button type="button" class="text-button" onClick={() => select(keyOf(delivery))}>
                    {delivery.webhook_code}
                  </button>{' '}
                  <span class="hint">{t('webhook.number', { id: delivery.id })}</span>
                </td>
                <td>
                  <Pill tone={delivery.state === 'delivered' ? 'ok' : delivery.state === 'pending' ? 'plain' : 'bad'}>{known('state', delivery.state)}</Pill>
                </td>
                <td>
                  <LinkChip id={delivery.link} />
                </td>
                <td>{delivery.attempts.map((attempt) => attempt.answer?.status ?? '–').join(' → ') || '–'}</td>
                <td class="number">{full(Date.parse(delivery.created_at))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all.length > count && (
        <button type="button" class="more" onClick={() => setCount(count + STEP)}>
          {tn('past.more', Math.min(STEP, all.length - count))}
        </button>
      )}
    </>
  );
}
