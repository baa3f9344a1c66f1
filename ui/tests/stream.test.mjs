// The stream of events: split as it comes, and read as seldom as serves.
import assert from 'node:assert';
import { test } from 'node:test';
import { load } from './load.mjs';

const { eventsOf } = await load('state/sse.ts');
const { gathered } = await load('state/gather.ts');

const TEXT = 'retry: 1000\n: hello\n\nid: 7\nevent: link_created\ndata: {"link":"ñ: 1"}\n\n: the stream lives\n\nevent: reset\ndata: {}\n\n';
const EVENTS = [
  { id: '7', name: 'link_created', data: { link: 'ñ: 1' } },
  { id: null, name: 'reset', data: {} },
];

async function* cut(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

test('events are the same wherever the parts end', async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let size = 1; size <= bytes.length; size += 1) {
    const found = [];
    for await (const event of eventsOf(cut(bytes, size))) if (event) found.push(event);
    assert.deepStrictEqual(found, EVENTS, `${size}`);
  }
});

test('a comment shows that the stream lives', async () => {
  const found = [];
  for await (const event of eventsOf(cut(new TextEncoder().encode(': the stream lives\n\n'), 100))) found.push(event);
  assert.deepStrictEqual(found, [null]);
});

/** A wish for a reading, and the time, which passes when the test says so. */
function wished() {
  const timers = [];
  const read = { count: 0, wishes: 0, seen: 0 };
  const work = async () => {
    read.count += 1;
    read.seen = read.wishes;
  };
  const wish = gathered(work, (ms) => new Promise((resolve) => timers.push({ ms, resolve })));
  const pass = async () => {
    timers.shift().resolve();
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return { timers, read, pass, wish: () => ((read.wishes += 1), wish()) };
}

test('wishes of one moment are one reading, and those during its pause are another', async () => {
  const { timers, read, pass, wish } = wished();
  for (let count = 0; count < 50; count += 1) wish();
  assert.strictEqual(timers.length, 1);
  await pass();
  assert.deepStrictEqual([read.count, read.seen], [1, 50]);
  for (let count = 0; count < 50; count += 1) wish();
  assert.deepStrictEqual([read.count, timers.map(({ ms }) => ms)], [1, [400]]);
  await pass();
  assert.deepStrictEqual([read.count, read.seen], [2, 100]);
  await pass();
  assert.deepStrictEqual([read.count, timers.length], [2, 0], 'nothing waits while nobody wishes');
  wish();
  await pass();
  assert.deepStrictEqual([read.count, read.seen], [3, 101]);
});
