'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');

const { default: Client } = require('belvo');

const { createLink, useBelvo } = require('./belvo.js');
const { startEmulator } = require('./emulator.js');
const { assertProblems } = require('./problems.js');

describe('login', () => {
  const belvo = useBelvo();

  it('works with any keys by default', async () => {
    const client = new Client('any-id', 'any-password', belvo.url);
    await client.connect();
    assert.deepEqual(await client.links.list(), []);
  });

  it('takes the URL from the environment', async (t) => {
    process.env.BELVO_API_URL = belvo.url;
    t.after(() => delete process.env.BELVO_API_URL);
    const client = new Client('from-the-environment', 'a-password');
    await client.connect();
    assert.deepEqual(await client.links.list(), []);
  });

  it('gives each pair of keys its own links', async () => {
    const [one, other] = [await belvo.connect(), await belvo.connect()];
    await createLink(one);
    assert.equal((await one.links.list()).length, 1);
    assert.deepEqual(await other.links.list(), []);
  });
});

describe('login to an emulator with one pair of keys', () => {
  let emulator;
  before(async () => {
    emulator = await startEmulator('--credentials', 'the-id:the-password');
  });
  after(() => emulator?.stop());

  it('works with these keys', async () => {
    const client = new Client('the-id', 'the-password', emulator.url);
    await client.connect();
    assert.deepEqual(await client.links.list(), []);
  });

  const WRONG_KEYS = [
    ['another-id', 'the-password'],
    ['the-id', 'another-password'],
    ['the-password', 'the-id'],
  ];
  for (const [id, password] of WRONG_KEYS) {
    it(`fails with ${id}:${password}`, async (t) => {
      // The SDK tells the reason to the console only.
      const log = t.mock.method(console, 'log', () => {});
      const client = new Client(id, password, emulator.url);

      await assert.rejects(client.connect(), { message: 'Login failed.' });

      const [reason] = log.mock.calls[0].arguments;
      assert.equal(reason.statusCode, 401);
      assertProblems(reason.detail, {
        code: 'authentication_failed',
        message: 'Invalid Secret Keys',
      });
      assert.equal(client.links, undefined);
    });
  }
});
