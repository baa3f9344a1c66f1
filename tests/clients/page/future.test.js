'use strict';

// What will happen stands above the now line, and can be moved.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { future, past, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };
const MANUAL = ['--clock', 'manual'];

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('a pending webhook counts down, is run to, and crosses the line', LIMIT, async () => {
  await withPage(browser, ['--clock', 'real'], async ({ open, receiver, client }) => {
    await register(client);
    const page = await open();
    const pending = future(page, 'Webhook');
    await pending.waitFor();
    await pending.getByText('from RegisterLink').waitFor();
    const left = async () => parseFloat(await pending.locator('.row-time').textContent());
    const first = await left();
    await page.waitForTimeout(1500);
    assert.ok((await left()) < first, `${await left()} after ${first}`);
    await pending.hover();
    await pending.getByRole('button', { name: 'Run to here' }).click();
    await past(page, 'historical_update').getByText('200').waitFor();
    assert.strictEqual(await page.locator('.rows-future .row').filter({ hasText: /^Webhook/ }).count(), 0);
    assert.strictEqual(receiver.webhooks.length, 1);
    await past(page, 'historical_update').locator('.row-main').click();
    await page.locator('.drawer').getByText('{"received":true}').waitFor();
  });
});

test('the future is searched, and the next task stands in the bar', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    await register(client, 'MOVE900101MXXXXX00');
    await register(client);
    const page = await open();
    await page.locator('.clock-next').getByText('Load').waitFor();
    await page.fill('#search', 'is:future is:webhook');
    await page.waitForFunction(() => document.querySelectorAll('.rows:not(.rows-future) .row').length === 0);
    await future(page, 'Webhook').waitFor();
    await page.fill('#search', '');
    await page.getByText(/more, later/).click();
    await future(page, 'Raise').waitFor();
    await page.getByText('Show the next ones only').click();
    await future(page, 'Raise').waitFor({ state: 'detached' });
  });
});
