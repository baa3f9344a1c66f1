'use strict';

// Whose account the page shows, and that nobody else's page does.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { startSite } = require('../browser/browser');
const { KEYS, PAST, client, counts, past, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('the keys are typed, kept for the tab, and in no address, cookie or prompt', LIMIT, async () => {
  await withPage(browser, ['--credentials', KEYS], async ({ open, url }) => {
    const page = await open({ keys: null });
    page.on('dialog', () => assert.fail('a prompt'));
    await page.fill('input[name=keys]', 'no colon');
    await page.keyboard.press('Enter');
    await page.getByText('Write the id, a colon and the password.').waitFor();
    await page.fill('input[name=keys]', 'my-id:wrong');
    await page.keyboard.press('Enter');
    await page.getByText('started with --credentials').waitFor();
    await page.fill('input[name=keys]', KEYS);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing has happened yet').waitFor();
    await page.reload();
    await page.getByText('Nothing has happened yet').waitFor();
    assert.deepStrictEqual(await page.context().cookies(), []);
    assert.ok(!page.url().includes('my-password') && page.url().startsWith(url));

    const other = await open({ keys: KEYS });
    assert.strictEqual(await other.evaluate(() => location.hash), '#/timeline');
    const third = await other.context().newPage();
    await third.goto(`${url}/_emulator/`);
    await third.waitForSelector('.sign-in');
  });
});

test('what a client and a receiver sent is text', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client: call, receiver }) => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    receiver.body = evil;
    receiver.status = 500;
    await call('POST', '/api/links/', { institution: evil, username: evil, external_id: evil });
    await register(call);
    await call('POST', '/_emulator/clock/advance', { by: '15s' });
    const page = await open();
    await page.locator('.row-webhook .row-main').first().click();
    await page.locator('.attempt pre').getByText(evil).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.row-request .row-main').last().click();
    await page.locator('.drawer pre').first().getByText('onerror').first().waitFor();
    assert.strictEqual(await page.title(), 'belvo-emulator');
    assert.strictEqual(await page.locator('#content img, #content script').count(), 0);
  });
});

test('a page of another site, a frame and a rebound name open nothing', LIMIT, async () => {
  const site = await startSite();
  try {
    await withPage(browser, ['--accounts', '1'], async ({ url, client: call }) => {
      await register(call);
      const port = new URL(url).port;
      const page = await browser.newPage();
      await page.goto(`http://localhost:${site.port}/`);
      await page.evaluate((to) => (location.href = to), `${url}/_emulator/#keys=stranger:new`);
      await page.getByText('cross_site_request').waitFor();
      await page.goto(`http://localhost:${site.port}/`);
      const isFramed = await page.evaluate(async (to) => {
        const frame = document.createElement('iframe');
        frame.src = to;
        const loaded = new Promise((resolve) => (frame.onload = resolve));
        document.body.append(frame);
        await loaded;
        try {
          return frame.contentDocument !== null;
        } catch {
          return false;
        }
      }, `${url}/_emulator/#keys=stranger:new`);
      assert.strictEqual(isFramed, false);
      const answer = await page.goto(`http://shop.attacker.example:${port}/_emulator/#keys=stranger:new`);
      assert.strictEqual(answer.status(), 421);
      await page.close();
      // There is room for one account: another one would have taken the place of this one.
      assert.strictEqual((await call('GET', '/_emulator/links')).count, 1);
    });
  } finally {
    site.stop();
  }
});

test('the page says when the emulator is gone, and goes on when it is back', LIMIT, async () => {
  await withPage(browser, [], async ({ open, client: call }) => {
    const page = await open();
    await page.route('**/_emulator/events?*', (route) => route.abort());
    // The stream ends, and cannot be begun again.
    await call('POST', '/_emulator/reset', {});
    await page.getByText('The page is not up to date').waitFor();
    await page.unroute('**/_emulator/events?*');
    await page.getByText('The page is not up to date').waitFor({ state: 'hidden' });
    await register(call);
    await past(page, 'RegisterLink').waitFor();
  });
});

test('a reset is followed, and another account shows nothing of the first', LIMIT, async () => {
  await withPage(browser, ['--clock', 'manual'], async ({ open, client: call, url }) => {
    await register(call);
    const page = await open();
    await past(page, 'RegisterLink').waitFor();
    await call('POST', '/_emulator/reset', {});
    await page.getByText('Nothing has happened yet').waitFor();
    await register(call);
    await past(page, 'RegisterLink').waitFor();
    // The log is longer than before when the page looks again.
    await call('POST', '/_emulator/reset', {});
    for (const _ of [1, 2, 3]) await call('GET', '/api/institutions/');
    await page.getByText('ListInstitutions').first().waitFor();
    await counts(page, PAST, 3);
    assert.strictEqual(await past(page, 'RegisterLink').count(), 0);
    await register(client(url, 'other:keys'), 'TWIN900101MXXXXX00');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.fill('input[name=keys]', 'other:keys');
    await page.keyboard.press('Enter');
    await past(page, 'Link created').getByText('TWIN900101MXXXXX00').waitFor();
    await past(page, 'RegisterLink').getByText('TWIN900101MXXXXX00').waitFor();
    await counts(page, PAST, 2);
    assert.strictEqual(await past(page, 'ListInstitutions').count(), 0);
  });
});
