'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { default: Client } = require('belvo');
const { useEmulator } = require('belvo-emulator/node-test');

const CURP = 'BLPM951331IONVGR54';
const WEBHOOK = { webhook_type: 'EMPLOYMENT_RECORDS' };

describe('employment', { concurrency: 4 }, () => {
  const emulator = useEmulator();

  /** An account of the test's own, and Belvo's SDK with its keys. */
  async function connect(t) {
    const belvo = emulator.account({ name: t.name });
    const client = new Client(belvo.secretId, belvo.secretPassword, belvo.baseUrl);
    await client.connect();
    const register = (curp = CURP) => client.links.register('planet_mx_employment', curp, '');
    return { belvo, client, register };
  }

  it('a CURP of its own brings the refusal too', async (t) => {
    const { register } = await connect(t);
    await assert.rejects(register('FAIL400002HXXXXX00'), ({ detail: [{ code }] }) => {
      return code === 'login_error';
    });
  });

  it('a webhook that never comes leaves nothing', async (t) => {
    const { belvo, register } = await connect(t);
    const link = await register('MUTE900101HXXXXX00');
    await belvo.expectNoWebhook({ link: link.id, ...WEBHOOK, within: '10m' });
  });

  it('a webhook that comes twice has one id', async (t) => {
    const { belvo, register } = await connect(t);
    await register('TWIN900101MXXXXX00');

    const [first, second] = [await belvo.awaitWebhook(WEBHOOK), await belvo.awaitWebhook(WEBHOOK)];

    assert.notEqual(second.id, first.id);
    assert.equal(second.webhook_id, first.webhook_id);
  });

  it('a connection that breaks leaves the link', async (t) => {
    const { belvo, client, register } = await connect(t);
    await belvo.fault('reset_peer', { operation: 'RegisterLink', times: 1 });

    await assert.rejects(register());

    assert.equal((await client.links.list()).length, 1);
  });

  it('a week brings a refresh', async (t) => {
    const { belvo, register } = await connect(t);
    await register();

    const { happened } = await belvo.advance('8d');

    assert.ok(happened.some(({ what }) => what === 'refresh'));
  });

  it('the tasks of a link are known beforehand', async (t) => {
    const { belvo, register } = await connect(t);
    const { id: link } = await register();

    const tasks = await belvo.scheduled({ link });

    assert.deepEqual(tasks.map(({ what }) => what).slice(0, 2), ['load', 'webhook']);
  });

  it('the app asked once, and in the right way', async (t) => {
    const { belvo, register } = await connect(t);
    await register();

    await belvo.verify({ operation: 'RegisterLink', body: { username: CURP }, count: 1 });
    const [request] = await belvo.requests({ operation: 'RegisterLink' });
    assert.equal(request.status, 201);
  });

  it('a state is kept, copied and emptied', async (t) => {
    const { belvo, client, register } = await connect(t);
    await register();
    const snapshot = await belvo.snapshot();
    const copy = await belvo.fork();

    assert.equal((await belvo.reset()).links, 1);
    assert.equal((await client.links.list()).length, 0);
    assert.equal((await copy.reset()).links, 1);

    await belvo.restore(snapshot);
    assert.equal((await client.links.list()).length, 1);
  });
});
