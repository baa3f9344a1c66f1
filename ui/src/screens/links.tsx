// The links of the account, and the page of one of them.

import { date, full } from '../format';
import { href, routeId } from '../route';
import { linkCount, links } from '../state/log';
import { future, linkName, type Row } from '../state/rows';
import { t, tn, known } from '../text';
import type { Link } from '../types';
import { Button, Empty, Pill } from '../parts/ui';
import { LinkPage } from './link';
import { NewLink } from './new-link';
import { useState } from 'preact/hooks';
import { Countdown } from '../parts/row';

export function LinksScreen() {
  const [isCreating, setCreating] = useState(false);
  if (routeId.value) return <LinkPage id={routeId.value} key={routeId.value} />;
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t('nav.links')}</h1>
        <p class="hint">{tn('links.count', linkCount.value)}</p>
        <Button icon="plus" look="main" onClick={() => setCreating(true)}>
          {t('link.new')}
        </Button>
      </header>
      {links.value.length === 0 ? <Empty title={t('links.empty')} /> : <Table />}
      {links.value.length < linkCount.value && <p class="hint">{t('links.newest', { n: links.value.length })}</p>}
      {isCreating && <NewLink onClose={() => setCreating(false)} />}
    </div>
  );
}

export function StatusPill({ link }: { link: Link }) {
  return <Pill tone={link.status === 'valid' ? 'ok' : link.status === 'unconfirmed' ? 'plain' : 'bad'}>{link.status}</Pill>;
}

function Table() {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t('nav.links')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('fact.link')}</th>
            <th scope="col">{t('fact.status')}</th>
            <th scope="col">{t('fact.institution')}</th>
            <th scope="col">{t('fact.access-mode')}</th>
            <th scope="col">{t('fact.created')}</th>
            <th scope="col">{t('fact.next')}</th>
          </tr>
        </thead>
        <tbody>
          {links.value.map((link) => (
            <tr key={link.id}>
              <td>
                <a href={href('links', link.id)}>{linkName(link.id)}</a>
                <br />
                <code class="hint">{link.id}</code>
              </td>
              <td>
                <StatusPill link={link} />
              </td>
              <td>{link.institution}</td>
              <td>{link.access_mode}</td>
              <td title={full(Date.parse(link.created_at))}>{date(link.created_at.slice(0, 10))}</td>
              <td>
                <NextOf link={link.id} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NextOf({ link }: { link: string }) {
  const next: Row | undefined = future.value.find((row) => row.link === link);
  if (next?.kind !== 'task') return <span class="hint">–</span>;
  return (
    <>
      {known('what', next.task.what)} <Countdown to={next.at} />
    </>
  );
}
