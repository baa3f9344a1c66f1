// Every text is there in both languages, says the same, and is used.
import assert from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

const { TEXTS } = await load('texts.ts');
const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true })
  .filter((name) => /\.tsx?$/.test(name) && name !== 'texts.ts')
  .map((name) => readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8'))
  .join('\n');
/** The keys that are put together from a word of the API, such as `state.delivered`. */
const PREFIXES = [...sources.matchAll(/known\('(\w+)'|t\(`(\w+)\./g)].map(([, known, template]) => known ?? template);

const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test('each text stands in both languages, with the same values', () => {
  for (const [key, texts] of Object.entries(TEXTS)) {
    assert.strictEqual(texts.length, 2, key);
    const [english, spanish] = texts;
    assert.ok(english.trim() && spanish.trim(), key);
    assert.deepStrictEqual(placeholders(spanish), placeholders(english), key);
    assert.strictEqual(spanish.split('|').length, english.split('|').length, key);
  }
});

test('each text is used, and each key that is used has a text', () => {
  const used = new Set([...sources.matchAll(/\bt?n?\('([a-z][\w.-]*(?: [a-z.]+)?)'|text: '([\w.]+)'|'((?:clock|problem)\.\w+)'/g)].map(([, a, b, c]) => a ?? b ?? c));
  for (const key of Object.keys(TEXTS)) {
    assert.ok(used.has(key) || PREFIXES.includes(key.split('.')[0]), `nothing uses ${key}`);
  }
  for (const [, key] of sources.matchAll(/\btn?\('([^']+)'/g)) assert.ok(key in TEXTS, key);
});

test('the stories are those of the scenarios: a name, a role and what happens', () => {
  const folder = new URL('../../scenarios/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.startsWith('persona_'));
  assert.strictEqual(files.length, 12);
  for (const file of files) {
    const { name, description } = JSON.parse(readFileSync(new URL(file, folder)));
    const [english, spanish] = TEXTS[`story.${name}`];
    assert.strictEqual(english, description, name);
    for (const story of [english, spanish]) assert.match(story, /^[^,:]+, [^,:]+: .{20,140}$/, name);
    assert.strictEqual(english.split(',')[0], spanish.split(',')[0], name);
  }
});
