// What the rows of the timeline are called, in the reader's language.

import type { Row } from './state/rows';
import { known, t } from './text';
import type { LogEntry } from './types';

export function titleOf(row: Row): string {
  switch (row.kind) {
    case 'request':
      return `${row.request.method} ${row.request.path}`;
    case 'webhook':
      return row.delivery.webhook_code;
    case 'task':
      return known('what', row.task.what);
    case 'move':
      return t('moved');
    case 'change':
      return row.entry.what ? known('what', row.entry.what) : known('change', row.entry.kind);
    case 'fault':
      return known('struck', row.entry.fault ?? '');
  }
}

/** What is different after a change of a link. */
export function detailOf({ link_status = '', fields = [] }: LogEntry): string {
  const named = fields.map((field) => (field === 'status' ? known('status', link_status) : known('field', field)));
  return named.join(' · ');
}
