'use strict';

// A browser, an emulator and a receiver of webhooks for the tests of the page. Whatever a page logs as an
// error, and every request to another host, fails its test.

const assert = require('node:assert');
const { createServer } = require('node:http');
const { once } = require('node:events');
const { mkdirSync } = require('node:fs');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { startBrowser } = require('../browser/browser');
const { startEmulator } = require('../node/emulator');

const KEYS = 'my-id:my-password';
const CURP = 'BLPM951331IONVGR54';
/** The longest time that a test waits for something to show. */
const PATIENCE_MS = 30_000;
/** The rows below the now line. */
const PAST = '.rows:not(.rows-future) .row';
const SCREENSHOTS = path.resolve(__dirname, '../../../target/clients/screenshots');

/** A receiver that answers each webhook as `answer` says at that time. */
async function startReceiver() {
  const receiver = { status: 200, body: '{"received":true}', webhooks: [], url: '', stop: () => server.close() };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    receiver.webhooks.push(Buffer.concat(chunks).toString());
    response.writeHead(receiver.status, { 'Content-Type': 'application/json' });
    response.end(receiver.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${server.address().port}/webhooks`;
  return receiver;
}

/** A client of the account of `keys`. */
const client =
  (url, keys = KEYS) =>
  async (method, at, body) => {
    const headers = { authorization: `Basic ${btoa(keys)}`, 'content-type': 'application/json' };
    const answer = await fetch(url + at, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.status < 500, `${method} ${at}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };

/** Opens the page as a person would, and watches what it must not do. */
async function openPage(browser, url, options = {}) {
  const { width = 1440, height = 900, language = 'en', theme = 'light', hash = '/timeline', keys = KEYS, permissions = [] } = options;
  const context = await browser.newContext({ viewport: { width, height }, permissions });
  await context.addInitScript(
    ([chosenLanguage, chosenTheme]) => {
      if (!localStorage.getItem('belvo-emulator.language')) localStorage.setItem('belvo-emulator.language', chosenLanguage);
      if (!localStorage.getItem('belvo-emulator.theme')) localStorage.setItem('belvo-emulator.theme', chosenTheme);
    },
    [language, theme]
  );
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Chromium logs each answer that is no success; the page shows them.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(`request: ${request.url()}`);
  });
  await page.goto(`${url}/_emulator/${keys ? `#keys=${encodeURIComponent(keys)}` : ''}`);
  if (keys) await page.waitForSelector('#content > :not(.loading)');
  if (hash !== '/timeline') await page.evaluate((to) => (location.hash = to), `#${hash}`);
  page.close_ = async () => {
    const rows = await page.$$eval('[id^="row-"]', (found) => found.map(({ id }) => id));
    assert.strictEqual(new Set(rows).size, rows.length, 'no row stands there twice');
    assert.deepStrictEqual(faults, []);
    await context.close();
  };
  return page;
}

/** Runs `work` with an emulator of its own, a receiver, a client and a way to open the page. */
async function withPage(browser, flags, work) {
  const receiver = await startReceiver();
  const emulator = await startEmulator('--webhook-url', receiver.url, ...flags);
  const pages = [];
  const open = async (options) => {
    const page = await openPage(browser, emulator.url, options);
    pages.push(page);
    return page;
  };
  try {
    await work({ url: emulator.url, receiver, client: client(emulator.url), open });
    for (const page of pages) await page.close_();
  } finally {
    receiver.stop();
    await emulator.stop();
  }
}

/** Registers a person. */
const register = (call, username = CURP, more = {}) =>
  call('POST', '/api/links/', {
    institution: 'planet_mx_employment',
    username,
    fetch_resources: ['EMPLOYMENT_RECORDS'],
    ...more,
  });

/** The first row above the now line, or below it, that has a text. */
const future = (page, text) => page.locator('.rows-future .row').filter({ hasText: text }).first();
const past = (page, text) => page.locator(PAST).filter({ hasText: text }).first();

/** Waits until a selector finds so many elements. */
const counts = (page, selector, count) =>
  page.waitForFunction(([wanted, most]) => document.querySelectorAll(wanted).length === most, [selector, count]);

/** Waits until a receiver has so many webhooks, and checks that it has no more. */
async function received(receiver, count) {
  const until = Date.now() + PATIENCE_MS;
  while (receiver.webhooks.length < count && Date.now() < until) await pause(20);
  assert.strictEqual(receiver.webhooks.length, count);
}

/** The problems that axe finds serious or critical. */
async function problems(page, axe) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}

module.exports = { KEYS, PAST, client, counts, future, openPage, past, problems, received, register, screenshot, startBrowser, withPage };
