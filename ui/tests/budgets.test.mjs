// The page stays small. The sizes are printed.
import assert from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const sizes = new Map(readdirSync(dist).map((name) => [name, readFileSync(new URL(name, dist))]));
const zipped = (name) => gzipSync(sizes.get(name), { level: 9 }).length;
const whole = [...sizes.values()].reduce((sum, file) => sum + file.length, 0);

const BUDGETS = [
  ['JavaScript, compressed', zipped('page.js'), 60_000],
  ['CSS, compressed', zipped('page.css'), 12_000],
  ['all embedded files', whole, 300_000],
];

for (const [name, bytes, most] of BUDGETS) {
  test(`${name}: ${bytes} of ${most} bytes`, () => assert.ok(bytes <= most));
}

test('the files name no other host', () => {
  for (const [name, content] of sizes) {
    if (name === 'licences.txt') continue;
    const hosts = [...content.toString().matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(([, host]) => host);
    assert.deepStrictEqual(hosts.filter((host) => !['www.w3.org', 'localhost'].includes(host)), [], name);
  }
});
