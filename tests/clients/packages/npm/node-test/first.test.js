const assert = require('node:assert/strict');
const { test } = require('node:test');

const { default: Client } = require('belvo');
const { useEmulator } = require('belvo-emulator/node-test');

const CURP = 'BLPM951331IONVGR54';
const emulator = useEmulator();

/** An account that no other test has, and Belvo's SDK with its keys. */
async function connect() {
  const belvo = emulator.account();
  const client = new Client(belvo.secretId, belvo.secretPassword, belvo.baseUrl);
  await client.connect();
  return { belvo, client };
}

test('an employed person has a history', async () => {
  const { belvo, client } = await connect();
  const link = await client.links.register('planet_mx_employment', CURP, '');

  const webhook = await belvo.awaitWebhook({ link: link.id });

  assert.deepEqual(webhook.payload.data, { total_employment_record_profiles: 1 });
  const [record] = await client.employmentRecords.list({ filters: { link: link.id } });
  assert.equal(record.internal_identification, CURP);
});

test('a refusal of IMSS is explained', async () => {
  const { belvo, client } = await connect();
  await belvo.arm('nss_not_found');

  await assert.rejects(client.links.register('planet_mx_employment', CURP, ''), ({ detail }) => {
    return detail[0].message === 'El NSS no fue localizado en el IMSS';
  });
});
