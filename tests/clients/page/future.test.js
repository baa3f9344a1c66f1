'use strict';

// What will happen stands above the now line, and can be moved.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { PAST, counts, future, past, received, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };
const MANUAL = ['--clock', 'manual'];

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

/** The seconds that a text such as `9m 58s` names. */
const seconds = (text) => [...text.matchAll(/([\d.]+)(m|s)/g)].reduce((sum, [, count, unit]) => sum + count * (unit === 'm' ? 60 : 1), 0);

test('a pending webhook counts down, is run to, and crosses the line', LIMIT, async () => {
  await withPage(browser, ['--clock', 'real', '--webhook-delay', '10m'], async ({ open, receiver, client }) => {
    await register(client);
    const page = await open();
    const pending = future(page, 'Webhook');
    await pending.waitFor();
    await pending.getByText('from RegisterLink').waitFor();
    const left = async () => seconds(await pending.locator('.row-time').textContent());
    const first = await left();
    await page.waitForTimeout(2500);
    assert.ok((await left()) < first, `${await left()} after ${first}`);
    await pending.hover();
    await pending.getByRole('button', { name: 'Run to here' }).click();
    await past(page, 'historical_update').getByText('200').waitFor();
    await page.locator('.rows-future .row-title').filter({ hasText: /^Webhook$/ }).waitFor({ state: 'detached' });
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
    await counts(page, PAST, 0);
    await future(page, 'Webhook').waitFor();
    await page.fill('#search', '');
    await page.getByText(/more, later/).click();
    await future(page, 'Raise').waitFor();
    await page.getByText('Show the next ones only').click();
    await future(page, 'Raise').waitFor({ state: 'detached' });
  });
});

test('a task is run now, postponed and dropped', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver, client }) => {
    await register(client, undefined, { access_mode: 'single' });
    const page = await open();
    const before = await page.locator('.clock-time').textContent();
    const act = async (what, action) => {
      await future(page, what).locator('.row-main').click();
      await page.locator('.drawer').getByRole('button', { name: action, exact: true }).first().click();
    };
    // The webhook announces what the load has brought, so it cannot come first.
    await act('Webhook', 'Now');
    await page.locator('.notice-bad').waitFor();
    assert.strictEqual(receiver.webhooks.length, 0);
    await act('Load of the data', 'Now');
    await page.getByText('It has happened.').waitFor();
    await act('Webhook', 'Later');
    await page.locator('dialog').getByRole('button', { name: '+1h' }).click();
    await page.getByText('It was postponed by 1h.').waitFor();
    await future(page, 'Webhook').getByText('1h').waitFor();
    await act('Webhook', 'Now');
    await past(page, 'historical_update').getByText('200').waitFor();
    assert.strictEqual(receiver.webhooks.length, 1);
    assert.strictEqual(await page.locator('.clock-time').textContent(), before);

    await register(client, 'MOVE900101MXXXXX00', { access_mode: 'single' });
    await future(page, 'Webhook').waitFor();
    await act('Webhook', 'Drop');
    await page.getByText('It will not happen.').waitFor();
    await page.locator('.rows-future .row').filter({ hasText: 'Webhook' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '+15 s' }).click();
    await page.waitForTimeout(1000);
    assert.strictEqual(receiver.webhooks.length, 1);
  });
});

test('a webhook is let come twice, or not at all', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver, client }) => {
    const page = await open();
    const failing = async (fault) => {
      await register(client, undefined, { access_mode: 'single' });
      await future(page, 'Webhook').locator('.row-main').click();
      await page.locator('.drawer').getByRole('button', { name: 'Let it fail' }).click();
      await page.locator('dialog').getByText(fault).click();
      await page.getByText('The fault is in place.').waitFor();
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.locator('.drawer-head .icon-button').click();
      await page.getByRole('button', { name: '+15 s' }).click();
    };
    await failing('The webhook comes twice');
    await counts(page, '.rows:not(.rows-future) .row-webhook', 2);
    await received(receiver, 2);
    await failing('The webhook is lost');
    await past(page, 'dropped').waitFor();
    assert.strictEqual(receiver.webhooks.length, 2);
  });
});
