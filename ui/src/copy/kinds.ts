// A row as a program would do it: as curl, with an SDK, as a call of the control API, as a diagram.

import { keys } from '../api';
import { thread, type Row } from '../state/rows';
import type { Json, Recorded } from '../types';
import { entryPath } from './entry';
import { mermaid } from './mermaid';
import { nodeSdk, pythonSdk } from './sdk';

export interface Copy {
  id: 'curl' | 'python' | 'node' | 'control' | 'mermaid';
  text: (row: Row, base: string) => string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function user(): string {
  const { id = 'my-id', password = 'my-password' } = keys.value ?? {};
  return quoted(`${id}:${password}`);
}

/** A call to the emulator as curl makes it. */
export function curl(base: string, method: string, path: string, body?: Json): string {
  const lines = [`curl -u ${user()} ${method === 'GET' ? '' : `-X ${method} `}${quoted(base.replace(/\/$/, '') + path)}`];
  if (body !== undefined && body !== null) {
    lines.push(`  -H 'Content-Type: application/json'`, `  -d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`);
  }
  return lines.join(' \\\n');
}

function pathOf(request: Recorded): string {
  const query = new URLSearchParams(request.query).toString();
  return query ? `${request.path}?${query}` : request.path;
}

export function copyAsCurl(row: Row, base: string): string {
  switch (row.kind) {
    case 'request':
      return curl(base, row.request.method, pathOf(row.request), row.request.body);
    case 'webhook':
      return [
        `curl -X POST ${quoted(row.delivery.url ?? 'http://localhost:9000/webhooks')}`,
        `  -H 'Content-Type: application/json'`,
        `  -d ${quoted(JSON.stringify(row.delivery.payload))}`,
      ].join(' \\\n');
    default:
      return copyAsControl(row, base);
  }
}

/** The call of the control API that does again, or checks, what the row shows. */
function copyAsControl(row: Row, base: string): string {
  switch (row.kind) {
    case 'request': {
      const { method, path, status } = row.request;
      return curl(base, 'POST', '/_emulator/requests/verify', { requests: [{ method, path, status }] });
    }
    case 'webhook':
      return curl(base, 'POST', `/_emulator/webhooks/deliveries/${row.delivery.id}/replay`, {});
    case 'move':
      return curl(base, 'POST', '/_emulator/clock/advance', { to: new Date(row.move.to).toISOString() });
    case 'change':
    case 'fault':
      return curl(base, 'GET', entryPath(row.entry));
    case 'task':
      return curl(base, 'POST', `/_emulator/scheduled/${row.task.id}/run`);
  }
}

function copyAsMermaid(row: Row): string {
  return mermaid(row.link ? thread(row.link) : [row]);
}

export const COPIES: readonly Copy[] = [
  { id: 'curl', text: copyAsCurl },
  { id: 'python', text: pythonSdk },
  { id: 'node', text: nodeSdk },
  { id: 'control', text: copyAsControl },
  { id: 'mermaid', text: copyAsMermaid },
];
