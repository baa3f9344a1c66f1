import Client from 'belvo';
import { account } from 'belvo-emulator';
import { expect, test } from 'vitest';

const CURP = 'BLPM951331IONVGR54';
const WEBHOOK = { webhook_type: 'EMPLOYMENT_RECORDS' } as const;

/** An account of the test's own, and Belvo's SDK with its keys. */
async function connect() {
  const belvo = account({ name: expect.getState().currentTestName });
  const client = new Client(belvo.secretId, belvo.secretPassword, belvo.baseUrl);
  await client.connect();
  const register = (curp = CURP) => client.links.register('planet_mx_employment', curp, '');
  return { belvo, client, register };
}

test('a CURP of its own brings the refusal too', async () => {
  const { register } = await connect();
  await expect(register('FAIL400002HXXXXX00')).rejects.toMatchObject({
    detail: [{ message: 'El NSS no fue localizado en el IMSS' }],
  });
});

test('a webhook that never comes leaves nothing', async () => {
  const { belvo, register } = await connect();
  const link = await register('MUTE900101HXXXXX00');
  await belvo.expectNoWebhook({ link: link.id, ...WEBHOOK, within: '10m' });
});

test('a webhook that comes twice has one id', async () => {
  const { belvo, register } = await connect();
  await register('TWIN900101MXXXXX00');

  const [first, second] = [await belvo.awaitWebhook(WEBHOOK), await belvo.awaitWebhook(WEBHOOK)];

  expect(second.id).not.toBe(first.id);
  expect(second.webhook_id).toBe(first.webhook_id);
});

test('a connection that breaks leaves the link', async () => {
  const { belvo, client, register } = await connect();
  await belvo.fault('reset_peer', { operation: 'RegisterLink', times: 1 });

  await expect(register()).rejects.toThrow();

  expect(await client.links.list()).toHaveLength(1);
});

test('a week brings a refresh', async () => {
  const { belvo, register } = await connect();
  await register();

  const { happened } = await belvo.advance('8d');

  expect(happened.map(({ what }) => what)).toContain('refresh');
});

test('the tasks of a link are known beforehand', async () => {
  const { belvo, register } = await connect();
  const { id: link } = await register();

  const tasks = await belvo.scheduled({ link });

  expect(tasks.map(({ what }) => what).slice(0, 2)).toEqual(['load', 'webhook']);
});

test('the app asked once, and in the right way', async () => {
  const { belvo, register } = await connect();
  await register();

  await belvo.verify({ operation: 'RegisterLink', body: { username: CURP }, count: 1 });
  const [request] = await belvo.requests({ operation: 'RegisterLink' });
  expect(request.status).toBe(201);
});

test('a state is kept, copied and emptied', async () => {
  const { belvo, client, register } = await connect();
  await register();
  const snapshot = await belvo.snapshot();
  const copy = await belvo.fork();

  expect((await belvo.reset()).links).toBe(1);
  expect(await client.links.list()).toHaveLength(0);
  expect((await copy.reset()).links).toBe(1);

  await belvo.restore(snapshot);
  expect(await client.links.list()).toHaveLength(1);
});
