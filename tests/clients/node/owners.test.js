'use strict';

// The people of links, through the SDK's `owners`.

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, createLink, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const ASKS_FOR_TOKEN_LATER = 'MFAS900101HXXXXX00';
const UNKNOWN = '5c09677e-cf78-41d4-9015-47252a0c4e77';

describe('owners', () => {
  const belvo = useBelvo();

  /** The SDK and a link that loads nothing by itself. */
  async function connectWithLink() {
    const client = await belvo.connect();
    const link = await createLink(client, { accessMode: 'single', username2: 'ana@example.com' });
    return { client, link };
  }

  it('are the people of the records', async () => {
    const { client, link } = await connectWithLink();

    const [owner] = await client.owners.retrieve(link.id);

    const [record] = await client.employmentRecords.retrieve(link.id);
    const person = record.personal_data;
    assert.equal(owner.link, link.id);
    assert.equal(owner.internal_identification, CURP);
    assert.equal(owner.display_name, person.official_name);
    assert.deepEqual(owner.document_id, person.document_ids[0]);
    assert.equal(owner.email, 'ana@example.com');
    for (const key of ['phone_number', 'address', 'business_name', 'first_name', 'last_name']) {
      assert.equal(owner[key], null, key);
    }
  });

  it('can be listed, shown and deleted', async () => {
    const { client, link } = await connectWithLink();
    const [owner] = await client.owners.retrieve(link.id, { saveData: true });
    assert.deepEqual(await client.owners.list({ filters: { link: link.id } }), [owner]);
    assert.deepEqual(await client.owners.detail(owner.id), owner);
    assert.equal(await client.owners.delete(owner.id), true);
    assert.equal(await client.owners.delete(owner.id), false);
    assert.deepEqual(await client.owners.list(), []);
  });

  it('are in the answer only when they are not saved', async () => {
    const { client, link } = await connectWithLink();
    const [owner] = await client.owners.retrieve(link.id, { saveData: false });
    assert.equal(owner.internal_identification, CURP);
    assert.deepEqual(await client.owners.list(), []);
  });

  it('come with a webhook of a recurrent link', async () => {
    const link = await createLink(await belvo.connect());

    const [{ event }] = await belvo.webhooks.waitFor(link, 1, 'OWNERS');

    assert.equal(event.webhook_code, 'historical_update');
    assert.deepEqual(event.data, { total_owners: 1 });
  });

  it('are resumed when the institution asks for a token', async () => {
    const client = await belvo.connect();
    const link = await createLink(client, { curp: ASKS_FOR_TOKEN_LATER });
    await belvo.webhooks.waitFor(link);
    const refused = await client.owners.retrieve(link.id).catch((error) => error);
    assert.equal(refused.statusCode, 428);

    const [owner] = await client.owners.resume(refused.detail[0].session, '123456', link.id);

    assert.equal(owner.link, link.id);
    assert.equal((await client.links.detail(link.id)).status, 'valid');
  });

  it('are refused for an unknown link', async () => {
    const client = await belvo.connect();
    const message = `Object with id=${UNKNOWN} does not exist.`;
    const problem = { code: 'does_not_exist', message, field: 'link' };
    await assertRefused(client.owners.retrieve(UNKNOWN), 400, problem);
  });
});
