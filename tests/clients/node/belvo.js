'use strict';

const { after, before } = require('node:test');

const { default: Client } = require('belvo');

const { startEmulator } = require('./emulator.js');
const { WebhookReceiver } = require('./webhook-receiver.js');

const INSTITUTION = 'planet_mx_employment';
// The test user of Belvo's guides, and the placeholder of its form.
const CURP = 'BLPM951331IONVGR54';
const OTHER_CURP = 'LOLJ970312MBSPPN08';
const WEBHOOK_AUTHORIZATION = 'Bearer a-token-of-the-receiver';

/** An emulator and the receiver of its webhooks, for all tests of a suite. */
function useBelvo() {
  const belvo = { connect };
  let accounts = 0;

  /** The SDK with keys of its own, and so with an account of its own. */
  async function connect() {
    accounts += 1;
    const client = new Client(`account-${accounts}`, 'a-password', belvo.url);
    await client.connect();
    return client;
  }

  let emulator;
  before(async () => {
    belvo.webhooks = await WebhookReceiver.listen();
    emulator = await startEmulator(
      ...['--webhook-url', belvo.webhooks.url],
      ...['--webhook-authorization', WEBHOOK_AUTHORIZATION],
      ...['--webhook-delay', '300ms'],
      ...['--webhook-retry-delay', '100ms']
    );
    belvo.url = emulator.url;
  });
  after(async () => {
    belvo.webhooks.close();
    await emulator?.stop();
  });
  return belvo;
}

/** Creates a link that must work. It is recurrent unless told otherwise, so it loads records. */
function createLink(client, { curp = CURP, institution = INSTITUTION, ...options } = {}) {
  return client.links.register(institution, curp, '', options);
}

/** Creates links one after the other. */
async function createLinks(client, count, options) {
  const links = [];
  while (links.length < count) links.push(await createLink(client, options));
  return links;
}

function ids(objects) {
  return objects.map(({ id }) => id);
}

module.exports = {
  CURP,
  INSTITUTION,
  OTHER_CURP,
  WEBHOOK_AUTHORIZATION,
  createLink,
  createLinks,
  ids,
  useBelvo,
};
