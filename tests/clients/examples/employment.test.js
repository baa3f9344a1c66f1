const assert = require('node:assert');
const test = require('node:test');
const Client = require('belvo').default;

test('an employed person has a history', async () => {
  const client = new Client(process.env.BELVO_SECRET_ID, process.env.BELVO_SECRET_PASSWORD);
  await client.connect();
  const link = await client.links.register('planet_mx_employment', 'BLPM951331IONVGR54', '');
  await client.session.post('/_emulator/webhooks/await', { link: link.id });
  const records = await client.employmentRecords.list({ filters: { link: link.id } });
  assert.equal(records.length, 1);
});
