'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { start } = require('./emulator.js');
const { TRY_LATER } = require('./onboarding.js');

const CURP = 'BLPM951331IONVGR54';
const REFUSALS = [
  ['nss_not_found', 'El NSS no fue localizado en el IMSS'],
  ['institution_down', TRY_LATER],
];

describe('onboarding', { concurrency: 8 }, () => {
  it('knows the history of a user after the webhook', async (t) => {
    const { app, emulator } = await start(t);
    assert.equal(await app.register('ana', CURP), null);
    assert.equal(app.employers.size, 0);

    const { state } = await emulator.awaitWebhook();

    assert.equal(state, 'delivered');
    assert.ok(app.employers.get('ana').length >= 2);
  });

  it('takes a webhook for each user', async (t) => {
    const { app, emulator } = await start(t);
    const users = Array.from({ length: 20 }, (_, number) => `user-${number}`);
    for (const user of users) await app.register(user, CURP);

    const told = [];
    while (told.length < users.length) {
      told.push((await emulator.awaitWebhook()).payload.external_id);
    }

    assert.deepEqual(told, users);
    assert.deepEqual([...app.employers.keys()], users);
    await emulator.expectNoWebhook();
  });

  it('counts a webhook that comes twice once', async (t) => {
    const { app, emulator } = await start(t);
    await app.register('ana', 'TWIN900101MXXXXX00');

    const first = await emulator.awaitWebhook();
    const second = await emulator.awaitWebhook();

    assert.equal(first.webhook_id, second.webhook_id);
    assert.equal(app.employers.get('ana').length, new Set(app.employers.get('ana')).size);
  });

  it('knows nothing when the webhook never comes', async (t) => {
    const { app, emulator } = await start(t);
    await app.register('ana', 'MUTE900101HXXXXX00');

    await emulator.expectNoWebhook();

    assert.equal(app.employers.size, 0);
  });

  for (const [scenario, told] of REFUSALS) {
    it(`explains ${scenario}, and the next try works`, async (t) => {
      const { app, emulator } = await start(t);
      await emulator.call('POST', 'armed', { scenario });

      assert.equal(await app.register('ana', CURP), told);
      assert.equal(await app.register('ana', CURP), null);

      await emulator.awaitWebhook();
      assert.deepEqual([...app.employers.keys()], ['ana']);
    });
  }

  it('explains a refusal that is chosen by header', async (t) => {
    const { app, client, emulator } = await start(t);
    client.session.session.defaults.headers.common['X-Emulator-Scenario'] = 'person_without_nss';

    assert.equal(await app.register('ana', CURP), 'La persona no cuenta con NSS');

    await emulator.expectNoWebhook();
  });

  it('asks to try later when the connection breaks', async (t) => {
    const { app, emulator } = await start(t);
    const fault = { fault: 'reset_peer', operation: 'RegisterLink', times: 1 };
    await emulator.call('POST', 'faults', fault);

    assert.equal(await app.register('ana', CURP), TRY_LATER);
  });

  it('does not believe a stranger', async (t) => {
    const { app, emulator } = await start(t);
    await emulator.call('POST', 'faults', { fault: 'webhook_wrong_authorization' });
    await app.register('ana', CURP);

    const { state } = await emulator.awaitWebhook({ expect: 'finished' });

    assert.equal(state, 'failed');
    assert.equal(app.employers.size, 0);
    // The one about the owner is refused as well.
    assert.ok(app.refusedWebhooks >= 6);
  });
});
