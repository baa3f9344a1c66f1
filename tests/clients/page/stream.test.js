'use strict';

// How the page learns of changes: from the stream of events, and by no asking while nothing happens.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { future, past, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('the page asks for nothing while nothing happens, and shows at once what does', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client: call }) => {
    const page = await open();
    await page.getByText('Nothing has happened yet').waitFor();
    await page.waitForTimeout(1500);
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.waitForTimeout(3000);
    assert.deepStrictEqual(asked, []);

    const { id } = await register(call);
    await past(page, 'RegisterLink').waitFor();
    await future(page, 'Load of the data').waitFor();
    const { scheduled } = await call('GET', '/_emulator/scheduled');
    const { due } = await call('PATCH', `/_emulator/scheduled/${scheduled.at(-1).id}`, { by: '3d' });
    await page.locator(`.rows-future time[datetime="${new Date(due).toISOString()}"]`).waitFor();
    await call('POST', '/_emulator/clock/advance', { by: '1d' });
    await page.locator('.row-move').first().waitFor();
    await call('DELETE', `/api/links/${id}/`);
    await past(page, 'DestroyLink').waitFor();
    await page.locator('.rows-future .row').first().waitFor({ state: 'detached' });
    for (const url of asked) assert.ok(!url.includes('my-password'), url);
  });
});

test('a hundred changes are few readings', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client: call }) => {
    const page = await open();
    await page.getByText('Nothing has happened yet').waitFor();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await Promise.all(Array.from({ length: 100 }, () => call('GET', '/api/institutions/')));
    await page.locator('.row-request').nth(99).waitFor();
    const readings = asked.filter((url) => url.includes('/_emulator/requests')).length;
    assert.ok(readings < 40, `${readings} readings of a hundred changes`);
  });
});
