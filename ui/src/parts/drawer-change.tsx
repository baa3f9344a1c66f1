// A change of a link in the drawer, and a fault that struck.

import { faults } from '../state/log';
import { struckBy } from '../state/rows';
import { known, t } from '../text';
import { detailOf } from '../titles';
import type { FaultEntry, LogEntry } from '../types';
import { Fact, Part, RowButton, RowLink } from './drawer';
import { WhyOf } from './drawer-request';
import { JsonView } from './json';
import { LinkChip } from './ui';

export function ChangeDetail({ entry }: { entry: LogEntry }) {
  const { link, link_status, fields, caused_by } = entry;
  return (
    <>
      <Part title={t('summary')}>
        <dl class="facts">
          {link && (
            <Fact name={t('fact.link')}>
              <LinkChip id={link} />
            </Fact>
          )}
          {link_status && <Fact name={t('fact.status')}>{known('status', link_status)}</Fact>}
          {fields && <Fact name={t('fact.changed')}>{detailOf(entry)}</Fact>}
          {caused_by && (
            <Fact name={t('fact.cause')}>
              <RowLink of={caused_by} />
            </Fact>
          )}
        </dl>
      </Part>
      {caused_by && <WhyOf request={caused_by} />}
    </>
  );
}

export function FaultDetail({ entry }: { entry: LogEntry }) {
  const struck = struckBy(entry);
  const rule = faults.value.find(({ id }) => id === entry.fault_id);
  return (
    <>
      <Part title={t('summary')}>
        <dl class="facts">
          <Fact name={t('fault')}>
            <code>{entry.fault}</code>
          </Fact>
          <Fact name={t('fact.struck')}>{struck ? <RowButton row={struck} /> : '–'}</Fact>
          {entry.link && (
            <Fact name={t('fact.link')}>
              <LinkChip id={entry.link} />
            </Fact>
          )}
        </dl>
      </Part>
      <Part title={t('why')}>
        <p class="hint">{reasonOf(entry, rule)}</p>
        {rule && <JsonView value={rule.fault} label={t('fault')} />}
      </Part>
    </>
  );
}

function reasonOf({ fault_id }: LogEntry, rule: FaultEntry | undefined): string {
  if (fault_id === undefined) return t('fault.planned');
  if (!rule) return t('fault.gone', { id: fault_id });
  return t('fault.drawn', { id: fault_id, injected: rule.injected, left: rule.left ?? '∞' });
}
