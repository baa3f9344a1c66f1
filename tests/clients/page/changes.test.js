'use strict';

// What changed in a link and the faults that struck are rows of their own, thin ones.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { PAST, counts, past, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };
const MANUAL = ['--clock', 'manual'];
const ROWS = '.timeline .rows:not(.rows-future)';

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

const titles = (page) => page.locator(`${PAST} .row-title`).allTextContents();

test('a link’s life stands between its requests and its webhooks, and in its thread', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    const page = await open();
    const link = await register(client);
    await client('POST', '/_emulator/clock/advance', { by: '15s' });
    await client('PATCH', `/api/links/${link.id}/`, { password: 'new', stale_in: '100d' });
    await client('DELETE', `/api/links/${link.id}/`);
    await past(page, 'Link deleted').waitFor();
    assert.deepStrictEqual(await titles(page), [
      'Link deleted',
      `DELETE /api/links/${link.id}/`,
      'Link updated',
      `PATCH /api/links/${link.id}/`,
      'Webhook historical_update',
      'Load of the data',
      'The time was moved',
      'Link created',
      'POST /api/links/',
    ]);
    await past(page, 'Link updated').getByText('how long data is kept').waitFor();
    const height = async (row) => (await row.boundingBox()).height;
    assert.ok((await height(past(page, 'Link created'))) < (await height(past(page, 'RegisterLink'))), 'a change is a thin row');

    await past(page, 'Link created').locator('.row-main').click();
    const drawer = page.locator('.drawer');
    await drawer.getByText('scenarios/employed.json').waitFor();
    await drawer.getByText('credentials accepted').waitFor();
    const thread = await drawer.locator('.thread-title').allTextContents();
    assert.deepStrictEqual(thread.slice(0, 4), ['POST /api/links/', 'Link created', 'Load of the data', 'historical_update']);
    await drawer.getByRole('button', { name: 'Control call' }).click();
    await drawer.getByText('/_emulator/log?after=').waitFor();
    await drawer.getByRole('button', { name: 'POST /api/links/' }).first().click();
    await drawer.locator('h2').getByText('POST /api/links/').waitFor();
    await page.keyboard.press('Escape');

    for (const [search, count] of [['is:change', 4], ['load of the', 1], [`is:change link:${link.id.slice(0, 8)} deleted`, 1], ['is:fault', 0]]) {
      await page.fill('#search', search);
      await counts(page, `${ROWS} .row`, count);
    }
    await page.getByLabel('Language').selectOption('es');
    await page.fill('#search', 'se eliminó');
    await past(page, 'Se eliminó el link').waitFor();
  });
});

test('credentials that expire are a change of the link', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    const page = await open();
    await register(client, undefined, { access_mode: 'single', credentials_storage: '1d' });
    await client('POST', '/_emulator/clock/advance', { by: '2d' });
    await past(page, 'Credentials expire').waitFor();
    const changed = past(page, 'Link updated');
    await changed.getByText('credentials refused').waitFor();
    assert.ok((await changed.getAttribute('class')).includes('tone-warn'));
  });
});

test('a fault that struck says what, and leads there', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client, receiver }) => {
    await client('POST', '/_emulator/faults', { fault: { latency: { delay: '1ms' } }, times: 1, operation: 'RegisterLink' });
    await client('POST', '/_emulator/faults', { fault: 'webhook_drop', times: 1 });
    await register(client, undefined, { access_mode: 'single' });
    await client('POST', '/_emulator/clock/advance', { by: '15s' });
    const page = await open();
    const late = past(page, 'The answer was late');
    await late.locator('.row-side').getByText('BLPM951331IONVGR54').waitFor();
    await late.getByRole('button', { name: 'POST /api/links/' }).click();
    const drawer = page.locator('.drawer');
    await drawer.locator('h2').getByText('POST /api/links/').waitFor();
    await drawer.locator('.thread-title').getByText('The webhook was lost').waitFor();
    await past(page, 'The webhook was lost').locator('.row-main').click();
    await drawer.getByText('Fault 2 of the account fits it. Injected so far: 1; left: 0.').waitFor();
    await drawer.getByRole('button', { name: 'historical_update' }).first().click();
    await drawer.getByText('dropped', { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.fill('#search', 'is:fault webhook_drop');
    // The fault, and the webhook that it struck.
    await counts(page, `${ROWS} .row`, 2);
    await counts(page, `${ROWS} .row-fault`, 1);
    assert.strictEqual(receiver.webhooks.length, 0);
  });
});
