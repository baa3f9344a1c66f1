'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, WEBHOOK_AUTHORIZATION, createLink, createLinks, useBelvo } = require('./belvo.js');
const { PATH } = require('./webhook-receiver.js');

// A link of this SDK is recurrent and names no resources, so it brings its owner too.
const RECORDS = 'EMPLOYMENT_RECORDS';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PROFILES = [
  [CURP, 1],
  ['NONE000101MXXXXX00', 0],
];

describe('webhooks', () => {
  const belvo = useBelvo();

  for (const externalId of ['user-1', undefined]) {
    it(`have the documented keys and no others, external_id ${externalId}`, async () => {
      const link = await createLink(await belvo.connect(), { externalId });

      const [{ event }] = await belvo.webhooks.waitFor(link, 1, RECORDS);

      const { webhook_id: webhookId, request_id: requestId, ...rest } = event;
      assert.match(webhookId, /^[0-9a-f]{32}$/);
      assert.match(requestId, UUID);
      assert.deepEqual(rest, {
        webhook_type: 'EMPLOYMENT_RECORDS',
        process_type: 'historical_update',
        webhook_code: 'historical_update',
        link_id: link.id,
        external_id: externalId ?? null,
        data: { total_employment_record_profiles: 1 },
      });
    });
  }

  for (const [curp, profiles] of PROFILES) {
    it(`announce as many records as the list of ${curp} has`, async () => {
      const client = await belvo.connect();
      const link = await createLink(client, { curp });

      const [{ event }] = await belvo.webhooks.waitFor(link, 1, RECORDS);

      assert.deepEqual(event.data, { total_employment_record_profiles: profiles });
      const records = await client.employmentRecords.list({ filters: { link: link.id } });
      assert.equal(records.length, profiles);
    });
  }

  it('are JSON with the authorization of the receiver', async () => {
    const link = await createLink(await belvo.connect());

    const [{ method, path, headers }] = await belvo.webhooks.waitFor(link, 1, RECORDS);

    assert.equal(method, 'POST');
    assert.equal(path, PATH);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers.authorization, WEBHOOK_AUTHORIZATION);
  });

  it('are sent again, the same to the byte, when they are answered with 500', async () => {
    const client = await belvo.connect();
    belvo.webhooks.refuseOnce('refused-once');
    const refused = await createLink(client, { externalId: 'refused-once' });

    const [first, second] = await belvo.webhooks.waitFor(refused, 2, RECORDS);

    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.authorization, first.headers.authorization);
    // A webhook of a later link arrives after the time of a second retry.
    await belvo.webhooks.waitFor(await createLink(client), 1, RECORDS);
    assert.equal(belvo.webhooks.arrived(refused, RECORDS).length, 2);
  });

  it('are one for each link', async () => {
    const links = await createLinks(await belvo.connect(), 3, { externalId: 'user-1' });

    const arrived = (link) => belvo.webhooks.waitFor(link, 1, RECORDS);
    const deliveries = await Promise.all(links.map(arrived));

    const events = deliveries.flat().map(({ event }) => event);
    assert.equal(events.length, 3);
    assert.equal(new Set(events.map((event) => event.webhook_id)).size, 3);
    assert.equal(new Set(events.map((event) => event.request_id)).size, 3);
  });

  // The SDK cannot send fetch_resources, and a single link loads only what it names.
  it('are not sent for the single links of this SDK, which load nothing', async () => {
    const client = await belvo.connect();
    const single = await createLink(client, { accessMode: 'single' });
    const recurrent = await createLink(client);

    await belvo.webhooks.waitFor(recurrent, 1, 'OWNERS');

    assert.deepEqual(belvo.webhooks.arrived(single), []);
    const filters = { link: single.id };
    assert.deepEqual(await client.employmentRecords.list({ filters }), []);
  });
});
