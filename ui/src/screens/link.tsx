// One link: its state, what comes next, what one can do, and the working life that it found.

import { useEffect, useState } from 'preact/hooks';
import { perform } from '../actions';
import { get } from '../api';
import { Fact } from '../parts/drawer';
import { History } from '../parts/history';
import { FutureRow, PastRow } from '../parts/row';
import { Button, Dialog, Empty, Field } from '../parts/ui';
import { full } from '../format';
import { go, href } from '../route';
import { act, links } from '../state/log';
import { linkName, thread } from '../state/rows';
import { select } from '../state/selection';
import { t } from '../text';
import type { EmploymentRecord, Link, Page } from '../types';
import { StatusPill } from './links';
import { Drawer } from '../parts/drawer';
import { isOpen, selectedRow } from '../state/selection';

/** The events that a link can announce. */
const EVENTS: readonly [string, string | null][] = [
  ['historical_update', 'EMPLOYMENT_RECORDS'],
  ['employment_changes', null],
  ['invalid_credentials', null],
  ['token_required', null],
  ['link_deleted', null],
];

export function LinkPage({ id }: { id: string }) {
  const link = links.value.find((other) => other.id === id);
  const isDrawerOpen = isOpen.value && selectedRow.value !== null;
  return (
    <div class={isDrawerOpen ? 'split split-open' : 'split'}>
      <div class="page">
        <nav class="crumbs" aria-label={t('crumbs')}>
          <a href={href('links')}>{t('nav.links')}</a>
        </nav>
        <header class="page-head">
          <h1>{linkName(id)}</h1>
          {link && <StatusPill link={link} />}
          <code class="hint">{id}</code>
        </header>
        {link ? <Facts link={link} /> : <Empty title={t('link.gone')} />}
        {link && <Actions link={link} />}
        {link && <Records link={link} />}
        <Events id={id} />
      </div>
      {isDrawerOpen && selectedRow.value && <Drawer row={selectedRow.value} />}
    </div>
  );
}

function Facts({ link }: { link: Link }) {
  return (
    <dl class="facts facts-wide">
      <Fact name={t('fact.institution')}>{link.institution}</Fact>
      <Fact name={t('fact.access-mode')}>{link.access_mode}</Fact>
      <Fact name={t('fact.created')}>{full(Date.parse(link.created_at))}</Fact>
      {link.last_accessed_at && <Fact name={t('fact.accessed')}>{full(Date.parse(link.last_accessed_at))}</Fact>}
      <Fact name="fetch_resources">{link.fetch_resources.join(', ') || '–'}</Fact>
      <Fact name="credentials_storage">{link.credentials_storage}</Fact>
      {link.external_id && <Fact name="external_id">{link.external_id}</Fact>}
    </dl>
  );
}

function Actions({ link }: { link: Link }) {
  const [open, setOpen] = useState<'credentials' | 'event' | 'delete' | null>(null);
  const refresh = () => perform(() => act('POST', `api/links/${link.id}/refresh/`, {}), t('link.refreshed'));
  return (
    <div class="actions">
      <Button look="main" onClick={refresh}>
        {t('link.refresh')}
      </Button>
      <Button onClick={() => setOpen('event')}>{t('link.event')}</Button>
      <Button onClick={() => setOpen('credentials')}>{t('link.credentials')}</Button>
      <Button look="bad" onClick={() => setOpen('delete')}>
        {t('link.delete')}
      </Button>
      {open === 'event' && <Trigger link={link} onClose={() => setOpen(null)} />}
      {open === 'credentials' && <Credentials link={link} onClose={() => setOpen(null)} />}
      {open === 'delete' && <Delete link={link} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Trigger({ link, onClose }: { link: Link; onClose: () => void }) {
  const trigger = async (code: string, type: string | null) => {
    const body = { link: link.id, webhook_code: code, ...(type ? { webhook_type: type } : {}) };
    await perform(() => act('POST', '_emulator/webhooks/trigger', body), t('link.event.sent', { code }));
    onClose();
  };
  return (
    <Dialog title={t('link.event')} onClose={onClose}>
      <p class="hint">{t('link.event.hint')}</p>
      <ul class="choice-list">
        {EVENTS.map(([code, type]) => (
          <li key={code}>
            <Button onClick={() => trigger(code, type)}>
              <code>{code}</code>
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Credentials({ link, onClose }: { link: Link; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    await perform(() => act('PUT', `api/links/${link.id}/`, { password }), t('link.credentials.done'));
    onClose();
  };
  return (
    <Dialog title={t('link.credentials')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={t('link.password')} hint={t('link.password.hint')}>
          <input value={password} autocomplete="off" onInput={(event) => setPassword(event.currentTarget.value)} />
        </Field>
        <Button type="submit" look="main">
          {t('link.credentials')}
        </Button>
      </form>
    </Dialog>
  );
}

function Delete({ link, onClose }: { link: Link; onClose: () => void }) {
  const remove = async () => {
    await perform(() => act('DELETE', `api/links/${link.id}/`), t('link.deleted'));
    onClose();
    go('links');
  };
  return (
    <Dialog title={t('link.delete')} onClose={onClose}>
      <p>{t('link.delete.sure', { name: linkName(link.id) })}</p>
      <Button look="bad" onClick={remove}>
        {t('link.delete')}
      </Button>
    </Dialog>
  );
}

function Records({ link }: { link: Link }) {
  const [records, setRecords] = useState<EmploymentRecord[] | null>(null);
  useEffect(() => {
    get<Page<EmploymentRecord>>(`_emulator/employment-records?link=${link.id}&page_size=20`).then(
      (page) => setRecords(page.results),
      () => setRecords([]),
    );
  }, [link]);
  if (!records) return null;
  return (
    <section class="card" aria-label={t('history')}>
      <h2>{t('history')}</h2>
      {records.length === 0 ? <p class="hint">{t('history.empty')}</p> : records.slice(0, 5).map((record) => <History key={record.id} record={record} />)}
    </section>
  );
}

function Events({ id }: { id: string }) {
  const rows = thread(id).reverse().slice(0, 200);
  return (
    <section class="card" aria-label={t('thread')}>
      <h2>{t('thread')}</h2>
      <ol class="rows">
        {rows.map((row) => {
          const isSelected = selectedRow.value?.key === row.key;
          return row.kind === 'task' ? <FutureRow key={row.key} row={row} isSelected={isSelected} /> : <PastRow key={row.key} row={row} isSelected={isSelected} />;
        })}
      </ol>
      <a href={href('timeline', undefined, `link:${id.slice(0, 8)}`)} onClick={() => select('', false)}>
        {t('link.in-timeline')}
      </a>
    </section>
  );
}
