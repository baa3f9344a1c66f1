import Client from 'belvo';
import { account } from 'belvo-emulator';
import { expect, test } from 'vitest';

const CURP = 'BLPM951331IONVGR54';

/** An account that no other test has, and Belvo's SDK with its keys. */
async function connect() {
  const belvo = account();
  const client = new Client(belvo.secretId, belvo.secretPassword, belvo.baseUrl);
  await client.connect();
  return { belvo, client };
}

test('an employed person has a history', async () => {
  const { belvo, client } = await connect();
  const link = await client.links.register('planet_mx_employment', CURP, '');

  const webhook = await belvo.awaitWebhook({ link: link.id });

  expect(webhook.payload.data).toEqual({ total_employment_record_profiles: 1 });
  const [record] = await client.employmentRecords.list({ filters: { link: link.id } });
  expect(record.internal_identification).toBe(CURP);
});

test('a refusal of IMSS is explained', async () => {
  const { belvo, client } = await connect();
  await belvo.arm('nss_not_found');

  await expect(client.links.register('planet_mx_employment', CURP, '')).rejects.toMatchObject({
    detail: [{ code: 'login_error', message: 'El NSS no fue localizado en el IMSS' }],
  });
});
