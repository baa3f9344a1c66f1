// The stream of events, read with fetch: an EventSource could send no keys.

import { request } from '../api';

export interface Event {
  id: string;
  kind: string;
  data: string;
}

/** Yields the events of a stream until it ends or `signal` stops it. */
export async function* events(path: string, signal: AbortSignal): AsyncGenerator<Event> {
  const answer = await request('GET', path, { signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

/** Parses a block of lines. A comment, which keeps the connection open, is no event. */
function parse(block: string): Event | null {
  const event: Event = { id: '', kind: 'message', data: '' };
  let isEvent = false;
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') event.id = value;
    else if (name === 'event') event.kind = value;
    else if (name === 'data') event.data += value;
    else continue;
    isEvent = true;
  }
  return isEvent ? event : null;
}
