// Fifteen seconds, a week and a year fit one axis.
import assert from 'node:assert';
import { test } from 'node:test';
import { load } from './load.mjs';

const { axis } = await load('state/axis.ts');
const [SECOND, DAY] = [1000, 86_400_000];

test('idle gaps are collapsed and labelled with their length', () => {
  const times = [0, 15 * SECOND, 7 * DAY, 7 * DAY + 15 * SECOND, 365 * DAY];
  const { gaps, spans, x } = axis(times, 600);
  assert.deepStrictEqual(gaps.map((gap) => gap.length), [7 * DAY - 15 * SECOND, 358 * DAY - 15 * SECOND]);
  assert.strictEqual(spans.length, 3);
  assert.ok(x(15 * SECOND) - x(0) > 100, 'fifteen seconds can be seen');
});

test('later moments stand further to the right, and none outside', () => {
  for (const count of [1, 2, 7, 40]) {
    const times = Array.from({ length: count }, (_, place) => place ** 5 * SECOND);
    const { x, width } = axis(times, 500);
    const places = times.map(x);
    for (let place = 1; place < count; place += 1) assert.ok(places[place] > places[place - 1] - 1e-9, `${count}`);
    assert.ok(places[0] >= 0 && places.at(-1) <= width && width <= 501, `${count}: ${width}`);
  }
});
