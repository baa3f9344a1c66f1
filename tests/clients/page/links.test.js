'use strict';

// A link's page and the endpoint of the webhooks: what is drawn, and what can be done there.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { past, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('an employment history is drawn, and a table says the same', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client }) => {
    const link = await register(client, 'LONG700101MXXXXX00', { external_id: 'graciela-77' });
    await client('POST', '/_emulator/clock/advance', { by: '15s' });
    const { results } = await client('GET', `/_emulator/employment-records?link=${link.id}`);
    const spells = results[0].employment_records;
    const page = await open({ hash: '/links' });
    await page.getByRole('link', { name: 'graciela-77' }).click();
    await page.locator('.spell rect').first().waitFor();
    assert.strictEqual(await page.locator('.spell rect').count(), spells.length);
    assert.strictEqual(await page.locator('.salary path').count(), spells.length);
    await page.getByText('As a table').click();
    const employers = await page.locator('.history tbody tr td:first-child').allTextContents();
    assert.deepStrictEqual([...employers].sort(), spells.map(({ employer }) => employer).sort());
  });
});

test('a link is refreshed, gets new credentials, an event, and is deleted', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client, receiver }) => {
    const link = await register(client);
    await client('POST', '/_emulator/clock/advance', { by: '1h' });
    const page = await open({ hash: `/links/${link.id}` });
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await page.getByText('The link is being refreshed.').waitFor();
    await page.getByRole('button', { name: 'New credentials' }).click();
    await page.getByLabel('Password').fill('secret');
    await page.locator('dialog').getByRole('button', { name: 'New credentials' }).click();
    await page.getByText('The link has new credentials.').waitFor();
    const before = receiver.webhooks.length;
    await page.getByRole('button', { name: 'Trigger an event' }).click();
    await page.locator('dialog').getByText('token_required').click();
    await page.getByText('token_required was sent.').waitFor();
    await past(page, 'token_required').getByText('200').waitFor();
    assert.strictEqual(receiver.webhooks.length, before + 1);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no link yet').waitFor();
    const asked = (await client('GET', `/_emulator/requests?link=${link.id}`)).requests.map(({ operation }) => operation);
    assert.deepStrictEqual(asked, ['RegisterLink', 'RefreshLink', 'UpdateLink', 'DestroyLink']);
  });
});

test('the endpoint is removed, set and tested, and a fault put in place and removed', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client, receiver }) => {
    await register(client);
    const page = await open({ hash: '/webhooks' });
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('there is no URL to send them to').waitFor();
    await page.getByRole('button', { name: 'Change' }).last().click();
    await page.locator('dialog').getByLabel('URL').fill(receiver.url);
    await page.locator('dialog').getByLabel('Authorization').fill('Bearer s3cret');
    await page.locator('dialog').getByRole('button', { name: 'Change' }).click();
    await page.getByText('is sent', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.locator('tbody .pill-ok').waitFor();
    assert.ok(!(await page.content()).includes('s3cret'));
    await page.evaluate(() => (location.hash = '#/scenarios'));
    await page.getByRole('button', { name: 'Inject' }).click();
    await page.locator('.fault').getByText('webhook_drop').waitFor();
    await page.locator('.fault').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No fault is in place').waitFor();
  });
});
