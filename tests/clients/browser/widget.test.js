'use strict';

// The widget's half of Belvo's guide in Chromium. The test is the backend, which has the keys; the
// page `widget.html`, on another origin, has the token alone.

const assert = require('node:assert');
const { after, before, test } = require('node:test');
const { readFile } = require('node:fs/promises');
const path = require('node:path');

const { startBrowser, startSite } = require('./browser');
const { startEmulator } = require('../node/emulator');

/** The time after which a test has failed. */
const LIMIT = { timeout: 120_000 };
const KEYS = { id: 'backend', password: 'secret' };
const CURP = 'BLPM951331IONVGR54';
// The link of this CURP works at first; its later logins are refused.
const REFUSED_LATER = 'GONE900101HXXXXX00';

let browser;
let site;
let emulator;
let origin;

before(async () => {
  const page = await readFile(path.join(__dirname, 'widget.html'), 'utf8');
  [browser, site] = await Promise.all([startBrowser(), startSite(page)]);
  origin = `http://localhost:${site.port}`;
  emulator = await startEmulator('--cors', origin, '--clock', 'skip');
});

after(async () => {
  site?.stop();
  await Promise.all([browser?.close(), emulator?.stop()]);
});

/** A call of the backend. */
async function backend(method, path, body) {
  const answer = await fetch(emulator.url + path, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${KEYS.id}:${KEYS.password}`)}`,
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

/** The backend asks for a token, as the guide does. */
const createToken = (fields) =>
  backend('POST', '/api/token/', { ...KEYS, scopes: 'read_institutions,write_links', ...fields });

const awaitWebhook = (link, code, after) =>
  backend('POST', '/_emulator/webhooks/await', { link, webhook_code: code, within: '8d', after });

/** Opens the widget in a browser profile of its own. */
async function openWidget({ access }, link) {
  const page = await (await browser.newContext()).newPage();
  const query = new URLSearchParams({ api: emulator.url, token: access });
  if (link) query.set('link', link);
  await page.goto(`${origin}/?${query}`);
  return page;
}

/** The text that the widget shows in a state. */
async function outcome(page, state) {
  const shown = page.locator(`#outcome[data-state=${state}], #outcome[data-state=failed]`);
  await shown.waitFor();
  const [reached, text] = [await shown.getAttribute('data-state'), await shown.textContent()];
  assert.strictEqual(reached, state, text);
  return text;
}

test('a person connects with the widget, and the webhook comes', LIMIT, async () => {
  const pair = await createToken({
    fetch_resources: ['EMPLOYMENT_RECORDS'],
    credentials_storage: '30d',
    stale_in: '300d',
  });
  const page = await openWidget(pair);
  await outcome(page, 'ready');
  const options = await page.locator('#institution option').allTextContents();
  assert.deepStrictEqual(options, ['IMSS', 'ISSSTE', 'Planet Express Employment']);
  await page.selectOption('#institution', 'planet_mx_employment');

  // A mistake of the person does not use the token up.
  await page.fill('#username', 'short');
  await page.click('button');
  assert.strictEqual(await outcome(page, 'failed'), 'login_error');
  await page.fill('#username', CURP);
  await page.click('button');
  const id = await outcome(page, 'success');

  const link = await backend('GET', `/api/links/${id}/`);
  assert.deepStrictEqual(link.fetch_resources, ['EMPLOYMENT_RECORDS']);
  assert.deepStrictEqual([link.credentials_storage, link.stale_in], ['30d', '300d']);
  await awaitWebhook(id, 'historical_update');
  const records = await backend('GET', `/api/employment-records/?link=${id}`);
  assert.strictEqual(records.results[0].internal_identification, CURP);
  await page.context().close();

  const again = await openWidget(pair);
  assert.strictEqual(await outcome(again, 'failed'), 'authentication_failed');
  await again.context().close();
});

test('a person mends a link in update mode, and no other one', LIMIT, async () => {
  const login = { institution: 'planet_mx_employment', username: REFUSED_LATER };
  const broken = await backend('POST', '/api/links/', login);
  const other = await backend('POST', '/api/links/', { ...login, username: CURP });
  const failed = await awaitWebhook(broken.id, 'invalid_credentials');
  const scopes = 'read_institutions,write_links,read_links';
  const pair = await createToken({ link_id: broken.id, scopes });

  const stranger = await openWidget(pair, other.id);
  assert.strictEqual(await outcome(stranger, 'failed'), 'not_found');
  await stranger.context().close();
  const maker = await openWidget(pair);
  await outcome(maker, 'ready');
  await maker.fill('#username', CURP);
  await maker.click('button');
  assert.strictEqual(await outcome(maker, 'failed'), 'permission_denied');
  await maker.context().close();

  const page = await openWidget(pair, broken.id);
  assert.strictEqual(await outcome(page, 'ready'), 'The link is invalid');
  assert.strictEqual(await page.textContent('h1'), 'Update your account');
  await page.fill('#password', 'new');
  await page.click('button');
  assert.strictEqual(await outcome(page, 'success'), broken.id);
  await page.context().close();

  const link = await backend('GET', `/api/links/${broken.id}/`);
  assert.strictEqual(link.status, 'valid');
  await awaitWebhook(broken.id, 'historical_update', failed.cursor);
});
