// Where an entry of the log is read.

import type { LogEntry } from '../types';

export function entryPath({ cursor }: LogEntry): string {
  return `/_emulator/log?after=${cursor - 1}&limit=1`;
}
