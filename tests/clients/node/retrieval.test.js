'use strict';

// Employment records that the client retrieves itself, instead of waiting for the webhook.

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, createLink, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const REFUSED_LATER = 'GONE900101HXXXXX00';
const UNKNOWN = '5c09677e-cf78-41d4-9015-47252a0c4e77';
const LOGIN_ERROR = {
  code: 'login_error',
  message: 'Invalid credentials provided to login to the institution',
};
const INVALID_LINK = {
  code: 'invalid_link',
  message: 'The link has been invalidated. You may need to update link credentials',
};

/** The status of each answer to the SDK from now on. */
function noteStatuses(client) {
  const statuses = [];
  client.session.session.interceptors.response.use((response) => {
    statuses.push(response.status);
    return response;
  });
  return statuses;
}

describe('retrieved employment records', () => {
  const belvo = useBelvo();

  /** The SDK and a link that loads nothing by itself. */
  async function connectWithLink(options) {
    const client = await belvo.connect();
    const link = await createLink(client, { accessMode: 'single', ...options });
    return { client, link };
  }

  it('are there at once', async () => {
    const { client, link } = await connectWithLink();
    const statuses = noteStatuses(client);

    const records = await client.employmentRecords.retrieve(link.id);

    assert.deepEqual(statuses, [201]);
    assert.equal(records.length, 1);
    assert.equal(records[0].link, link.id);
    assert.equal(records[0].internal_identification, CURP);
    assert.deepEqual(records[0].files, []);
    assert.deepEqual(await client.employmentRecords.list(), records);
  });

  it('stay the same ones when they are retrieved again', async () => {
    const { client, link } = await connectWithLink();
    const [record] = await client.employmentRecords.retrieve(link.id, { saveData: true });
    const [again] = await client.employmentRecords.retrieve(link.id, { saveData: true });
    assert.equal(again.id, record.id);
    assert.equal(again.created_at, record.created_at);
    assert.ok(again.collected_at > record.collected_at);
    assert.deepEqual(await client.employmentRecords.list(), [again]);
  });

  it('are in the answer only when they are not saved', async () => {
    const { client, link } = await connectWithLink();
    const statuses = noteStatuses(client);

    const [record] = await client.employmentRecords.retrieve(link.id, { saveData: false });

    assert.deepEqual(statuses, [200]);
    assert.equal(record.internal_identification, CURP);
    assert.deepEqual(await client.employmentRecords.list(), []);
  });

  it('bring the PDF as a file without a value', async () => {
    const { client, link } = await connectWithLink();
    const [record] = await client.employmentRecords.retrieve(link.id, { attachPDF: true });
    const [year, month, day] = record.report_date.slice(2).split('-');
    const type = `ReporteSemanasCotizadas_${day}${month}${year}`;
    assert.deepEqual(record.files, [{ type, value: null }]);
  });

  it('are none for a person without jobs', async () => {
    const { client, link } = await connectWithLink({ curp: 'NONE000101MXXXXX00' });
    assert.deepEqual(await client.employmentRecords.retrieve(link.id), []);
  });

  it('are refused for an unknown link', async () => {
    const client = await belvo.connect();
    await assertRefused(client.employmentRecords.retrieve(UNKNOWN), 400, doesNotExist(UNKNOWN));
  });

  it('are refused for a deleted link', async () => {
    const { client, link } = await connectWithLink();
    assert.equal(await client.links.delete(link.id), true);
    await assertRefused(client.employmentRecords.retrieve(link.id), 400, doesNotExist(link.id));
  });

  it('are refused when the login fails', async () => {
    const { client, link } = await connectWithLink({ curp: REFUSED_LATER });
    await assertRefused(client.employmentRecords.retrieve(link.id), 400, LOGIN_ERROR);
    assert.equal((await client.links.detail(link.id)).status, 'valid');
  });

  it('are refused by an invalid link after six failures', async () => {
    const { client, link } = await connectWithLink({ curp: REFUSED_LATER });
    const retrieve = () => client.employmentRecords.retrieve(link.id);
    for (let failures = 0; failures < 6; failures += 1) {
      await assertRefused(retrieve(), 400, LOGIN_ERROR);
    }
    assert.equal((await client.links.detail(link.id)).status, 'invalid');
    await assertRefused(retrieve(), 400, INVALID_LINK);
  });
});

function doesNotExist(id) {
  const message = `Object with id=${id} does not exist.`;
  return { code: 'does_not_exist', message, field: 'link' };
}
