// Server-sent events from the body of an answer. EventSource cannot send the header with the keys.

export interface StreamEvent {
  id: string | null;
  name: string;
  data: unknown;
}

/** Splits a body into events, wherever its parts end. Comments and empty parts come as null: the stream lives. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent | null> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    const events = blocks.map(eventOf).filter((event) => event !== null);
    if (events.length === 0) yield null;
    yield* events;
  }
}

function eventOf(block: string): StreamEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? null, name: fields.get('event') ?? 'message', data: JSON.parse(data) };
}

/** The parts of a body. Not every browser has a body that can be iterated over. */
export async function* partsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
