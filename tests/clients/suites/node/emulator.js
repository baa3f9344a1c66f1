'use strict';

const { randomUUID } = require('node:crypto');

const { default: Client } = require('belvo');

const { Onboarding } = require('./onboarding.js');

const { BELVO_BASE_URL: baseUrl } = process.env;
const RECORDS = 'EMPLOYMENT_RECORDS';
const AUTHORIZATION = 'Bearer a-token-of-the-app';

/** The control API of the emulator, for an account of its own. */
class Emulator {
  #keys = { id: randomUUID(), password: 'a-password' };
  #cursor = 0;

  async connect() {
    const client = new Client(this.#keys.id, this.#keys.password, baseUrl);
    await client.connect();
    return client;
  }

  async call(method, path, body) {
    const { id, password } = this.#keys;
    const response = await fetch(`${baseUrl}/_emulator/${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${id}:${password}`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text && JSON.parse(text);
  }

  /** The next webhook about employment records, once the app has answered it. */
  async awaitWebhook(wanted) {
    const awaited = { after: this.#cursor, webhook_type: RECORDS, ...wanted };
    const delivery = await this.call('POST', 'webhooks/await', awaited);
    this.#cursor = delivery.cursor;
    return delivery;
  }

  expectNoWebhook() {
    const wanted = { within: '10m', expect: 'none', webhook_type: RECORDS, after: this.#cursor };
    return this.call('POST', 'webhooks/await', wanted);
  }
}

/** The app and the emulator of one test. */
async function start(test) {
  const emulator = new Emulator();
  const client = await emulator.connect();
  const app = new Onboarding(client, AUTHORIZATION);
  test.after(() => app.close());
  const endpoint = { url: await app.listen(), authorization: AUTHORIZATION };
  await emulator.call('PUT', 'webhooks/endpoint', endpoint);
  return { app, client, emulator };
}

module.exports = { start };
