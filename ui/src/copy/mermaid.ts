// A thread as a sequence diagram of Mermaid.

import type { Row } from '../state/rows';

/** Letters that Mermaid would read as its own. */
const plain = (text: string): string => text.replace(/[;#\n]/g, ' ');

const LONGEST_ROWS = 60;

export function mermaid(rows: readonly Row[]): string {
  const lines = ['sequenceDiagram', '  participant App', '  participant Emulator', '  participant Receiver'];
  for (const row of rows.slice(-LONGEST_ROWS)) lines.push(...steps(row).map((step) => `  ${plain(step)}`));
  return lines.join('\n');
}

function steps(row: Row): string[] {
  switch (row.kind) {
    case 'request':
      return [
        `App->>Emulator: ${row.request.method} ${row.request.path}`,
        `Emulator-->>App: ${row.request.status}`,
      ];
    case 'webhook': {
      const { webhook_code, state } = row.delivery;
      if (!row.attempt) return [`Note over Emulator,Receiver: ${webhook_code} ${state}`];
      const { answer } = row.attempt;
      const outcome = answer ? (answer.status ?? answer.error ?? '') : '…';
      return [`Emulator->>Receiver: ${webhook_code} (${row.attempt.number})`, `Receiver-->>Emulator: ${outcome}`];
    }
    case 'move':
      return [`Note over Emulator: ${new Date(row.move.to).toISOString()}`];
    case 'change':
      return [`Note over Emulator: ${row.entry.what ?? row.entry.kind}${row.entry.fields ? ` ${row.entry.fields.join(', ')}` : ''}`];
    case 'fault':
      return [`Note over Emulator: fault ${row.entry.fault ?? ''}`];
    case 'task':
      return [`Note over Emulator: ${row.task.what} ${row.task.due}`];
  }
}
