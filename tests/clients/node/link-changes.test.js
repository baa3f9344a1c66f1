'use strict';

// What becomes of a link: new credentials, another access mode, a token, the end.

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { createLink, createLinks, ids, useBelvo } = require('./belvo.js');
const { assertProblems, assertRefused } = require('./problems.js');

const REFUSED_LATER = 'GONE900101HXXXXX00';
const ASKS_FOR_TOKEN = 'FAIL428001HXXXXX00';
const TOKEN = '123456';
const UNKNOWN = '5c09677e-cf78-41d4-9015-47252a0c4e77';
const NOT_FOUND = { code: 'not_found', message: 'Not found.' };
const LOGIN_ERROR = {
  code: 'login_error',
  message: 'Invalid credentials provided to login to the institution',
};
const TOKEN_REQUIRED = {
  code: 'token_required',
  message: 'A MFA token is required by the institution to login',
  expiry: 9600,
  token_generation_data: {
    instructions: 'Enter the token that the institution sent you',
    type: 'numeric',
    value: null,
    expects_user_input: true,
  },
};

// Access modes before and after, and what changes.
const SWITCHES = [
  ['recurrent', 'recurrent', {}],
  ['recurrent', 'single', { access_mode: 'single', refresh_rate: null }],
  ['single', 'single', {}],
  [
    'single',
    'recurrent',
    { access_mode: 'recurrent', refresh_rate: '7d', credentials_storage: 'store' },
  ],
];

describe('changes of links', () => {
  const belvo = useBelvo();

  it('new credentials make an invalid link valid', async () => {
    const client = await belvo.connect();
    const { id } = await createLink(client, { curp: REFUSED_LATER });
    for (let failures = 0; failures < 6; failures += 1) {
      await assertRefused(client.employmentRecords.retrieve(id), 400, LOGIN_ERROR);
    }
    assert.equal((await client.links.detail(id)).status, 'invalid');

    const updated = await client.links.update(id, { password: 'a-new-password' });

    assert.equal(updated.id, id);
    assert.equal(updated.status, 'valid');
    assert.equal((await client.links.detail(id)).status, 'valid');
    const [record] = await client.employmentRecords.retrieve(id);
    assert.equal(record.internal_identification, REFUSED_LATER);
  });

  it('new credentials load the records of a recurrent link again', async () => {
    const client = await belvo.connect();
    const link = await createLink(client);
    await belvo.webhooks.waitFor(link);

    await client.links.update(link.id, { password: 'a-new-password' });

    const [first, second] = await belvo.webhooks.waitFor(link, 2, 'EMPLOYMENT_RECORDS');
    assert.equal(second.event.webhook_code, 'historical_update');
    assert.notEqual(second.event.webhook_id, first.event.webhook_id);
  });

  it('new credentials are refused for an unknown link', async () => {
    const client = await belvo.connect();
    const update = client.links.update(UNKNOWN, { password: 'a-new-password' });
    await assertRefused(update, 404, NOT_FOUND);
  });

  for (const [before, after, changed] of SWITCHES) {
    it(`the access mode becomes ${after} from ${before}, and nothing else changes`, async () => {
      const client = await belvo.connect();
      const link = await createLink(client, { accessMode: before });

      const patched = await client.links.patch(link.id, { accessMode: after });

      assert.deepEqual(patched, { ...link, ...changed });
      assert.deepEqual(await client.links.detail(link.id), patched);
    });
  }

  it('an unknown access mode is refused', async () => {
    const client = await belvo.connect();
    const { id } = await createLink(client);
    await assertRefused(client.links.patch(id, { accessMode: 'Australia' }), 400, {
      code: 'invalid_choice',
      message: '"Australia" is not a valid choice.',
      field: 'access_mode',
    });
    assert.equal((await client.links.detail(id)).access_mode, 'recurrent');
  });

  it('the access mode of an unknown link is not found', async () => {
    const client = await belvo.connect();
    const patch = client.links.patch(UNKNOWN, { accessMode: 'single' });
    await assertRefused(patch, 404, NOT_FOUND);
  });

  it('a login that asks for a token leaves a link that waits', async () => {
    const client = await belvo.connect();
    const { session, link } = await askForToken(client);
    assert.match(session, /^[0-9a-f]{32}$/);
    const [waiting] = await client.links.list();
    assert.equal(waiting.id, link);
    assert.equal(waiting.status, 'unconfirmed');
  });

  it('the right token completes the link', async () => {
    const client = await belvo.connect();
    const { session, link: id } = await askForToken(client);

    const link = await client.links.resume(session, TOKEN, id);

    assert.equal(link.id, id);
    assert.equal(link.status, 'valid');
    assert.equal((await client.links.detail(id)).status, 'valid');
    await belvo.webhooks.waitFor(link);
    const [record] = await client.employmentRecords.list({ filters: { link: id } });
    assert.equal(record.internal_identification, ASKS_FOR_TOKEN);
  });

  it('a wrong token is refused and the right one still works', async () => {
    const client = await belvo.connect();
    const { session, link } = await askForToken(client);

    await assertRefused(client.links.resume(session, '000000', link), 400, LOGIN_ERROR);

    assert.equal((await client.links.detail(link)).status, 'unconfirmed');
    assert.equal((await client.links.resume(session, TOKEN, link)).status, 'valid');
  });

  it('a token is taken once', async () => {
    const client = await belvo.connect();
    const { session, link } = await askForToken(client);
    await client.links.resume(session, TOKEN, link);
    await assertRefused(client.links.resume(session, TOKEN, link), 404, NOT_FOUND);
  });

  it('a deleted link is not resumed', async () => {
    const client = await belvo.connect();
    const { session, link } = await askForToken(client);
    assert.equal(await client.links.delete(link), true);
    await assertRefused(client.links.resume(session, TOKEN, link), 404, NOT_FOUND);
    assert.deepEqual(await client.links.list(), []);
  });

  it('a changed link can be deleted', async () => {
    const client = await belvo.connect();
    const [changed, kept] = await createLinks(client, 2);
    await client.links.patch(changed.id, { accessMode: 'single' });
    await client.links.update(changed.id, { password: 'a-new-password' });

    assert.equal(await client.links.delete(changed.id), true);

    assert.deepEqual(ids(await client.links.list()), [kept.id]);
  });
});

/** Creates a link that waits for a token; returns its session and id. */
async function askForToken(client) {
  const login = createLink(client, { curp: ASKS_FOR_TOKEN });
  const { statusCode, detail } = await login.then(
    () => assert.fail('no token was asked for'),
    (reason) => reason
  );
  assert.equal(statusCode, 428);
  const [{ session, link }] = detail;
  assertProblems(detail, { ...TOKEN_REQUIRED, session, link });
  return { session, link };
}
