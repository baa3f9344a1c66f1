'use strict';

// What people do on the page, from a new link to the answer of the receiver.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { PAST, past, received, register, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };
const MANUAL = ['--clock', 'manual'];
/** The longest time for which rows come in while letters are typed. */
const MOST_SECONDS = 60;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('a link is created, its webhook delivered, and the receiver’s answer shown', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver }) => {
    const page = await open();
    await page.getByRole('button', { name: 'New link' }).click();
    await page.getByLabel('external_id').fill('mariana-204');
    await page.getByRole('button', { name: 'Create the link' }).click();
    await past(page, 'RegisterLink').getByText('201').waitFor();
    await page.getByRole('button', { name: '+15 s' }).click();
    await past(page, 'historical_update').getByText('200').waitFor();
    assert.strictEqual(receiver.webhooks.length, 1);
    await past(page, 'historical_update').locator('.row-main').click();
    const drawer = page.locator('.drawer');
    await drawer.getByText('{"received":true}').waitFor();
    await drawer.getByRole('button', { name: 'POST /api/links/' }).first().click();
    await drawer.getByText('employed', { exact: true }).waitFor();
    await drawer.getByText('scenarios/employed.json').first().waitFor();
    await drawer.getByRole('button', { name: 'Python SDK' }).click();
    await drawer.getByText('client.Links.create("planet_mx_employment", "BLPM951331IONVGR54"').waitFor();
    await drawer.getByRole('button', { name: 'Mermaid' }).click();
    await drawer.getByText('sequenceDiagram').waitFor();
  });
});

test('a scenario is found by its message, and a link created from its card', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    const page = await open({ hash: '/scenarios' });
    const card = (name) => page.getByRole('article', { name, exact: true });
    await card('employed').waitFor();
    const search = page.getByPlaceholder('CURP, code or message');
    await search.fill('localizado en el imss');
    await page.getByText('1 scenario', { exact: true }).waitFor();
    await card('nss_not_found').getByRole('button', { name: 'Create a link' }).click();
    await page.locator('.notice-bad').getByText('El NSS no fue localizado').waitFor();
    await search.fill('webhook_twice');
    await card('webhook_twice').getByText('TWIN900101MXXXXX00').waitFor();
    assert.deepStrictEqual(await card('webhook_twice').locator('.small-future li').allTextContents().then((all) => all.slice(0, 3)), [
      '15s Load of the data',
      '15s Webhook',
      '17s Webhook',
    ]);
    await card('webhook_twice').getByRole('button', { name: 'Create a link' }).click();
    await page.getByText('The link was created.').waitFor();
    await search.fill('issste');
    await card('issste').getByRole('button', { name: 'Create a link' }).click();
    await search.fill('email_taken');
    // It names no CURP, so the call names the scenario.
    await card('email_taken').getByRole('button', { name: 'Create a link' }).click();
    await page.locator('.notice-bad').waitFor();
    await search.fill('no_records');
    await card('no_records').getByRole('button', { name: 'Arm' }).click();
    await page.getByText('no_records answers the next login.').waitFor();
    await card('no_records').getByRole('button', { name: 'Make default' }).click();
    await card('no_records').getByText('default', { exact: true }).waitFor();
    const { armed } = await client('GET', '/_emulator/armed');
    assert.deepStrictEqual(armed.map(({ scenario }) => scenario), ['no_records']);
    assert.strictEqual((await client('GET', '/_emulator/default-scenario')).scenario, 'no_records');
    assert.strictEqual((await client('GET', '/_emulator/links')).count, 2);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.locator('.rows-future .row').filter({ hasText: 'TWIN900101MXXXXX00' }).first().waitFor();
  });
});

test('a webhook is replayed, as it was, changed, and several times', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver, client }) => {
    await register(client);
    await client('POST', '/_emulator/clock/advance', { by: '15s' });
    const page = await open({ hash: '/webhooks' });
    await page.getByRole('button', { name: 'historical_update' }).click();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('Delivery 1 was sent again.').waitFor();
    await page.getByRole('button', { name: 'Edit and replay' }).click();
    await page.locator('dialog textarea').fill('{"changed": true}');
    await page.locator('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.getByLabel('How many times').fill('3');
    await page.getByRole('button', { name: 'Repeat', exact: true }).click();
    await page.locator('tbody tr').nth(5).waitFor();
    await received(receiver, 6);
    assert.strictEqual(receiver.webhooks[2], '{"changed":true}');
  });
});

test('a failing receiver is counted among the problems, with its fix', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver, client }) => {
    receiver.status = 405;
    await register(client);
    await client('POST', '/_emulator/clock/advance', { by: '1h' });
    await client('POST', '/api/links/', { institution: 'nowhere', username: 'x' });
    const page = await open({ hash: '/problems' });
    const group = page.locator('.problem').filter({ hasText: '405' });
    await group.getByText('the receiver takes no POST').waitFor();
    await group.getByText('6 times').waitFor();
    await page.locator('.problem').filter({ hasText: 'RegisterLink: 400' }).waitFor();
    await group.getByText('The last one').click();
    await page.locator('.drawer').getByText('Attempt 6').waitFor();
  });
});

test('language and theme are switched and kept', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open }) => {
    const page = await open();
    await page.getByLabel('Language').selectOption('es');
    await page.getByRole('link', { name: 'Línea de tiempo' }).waitFor();
    await page.getByLabel('Tema').selectOption('dark');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.strictEqual(await background(), 'rgb(15, 16, 19)');
    await page.reload();
    await page.getByRole('link', { name: 'Línea de tiempo' }).waitFor();
    assert.strictEqual(await background(), 'rgb(15, 16, 19)');
    assert.strictEqual(await page.evaluate(() => document.documentElement.lang), 'es');
  });
});

test('the whole way by keyboard alone', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, receiver }) => {
    const page = await open();
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.getByText('Nothing has happened yet').waitFor();
    for (let stops = 0; stops < 30; stops += 1) {
      await press('Tab');
      if ((await page.evaluate(() => document.activeElement.textContent)) === 'New link') break;
    }
    await press('Enter');
    await page.locator('dialog').waitFor();
    await press('Tab', 'Enter');
    await past(page, 'RegisterLink').waitFor();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await press('+');
    await past(page, 'historical_update').waitFor();
    await press('j', 'Enter');
    await page.locator('.drawer h2').getByText('historical_update').waitFor();
    await press('r');
    await page.getByText('Delivery 1 was sent again.').waitFor();
    await press('Escape');
    await page.locator('.drawer').waitFor({ state: 'detached' });
    const before = await page.locator('.clock-day').textContent();
    await press('n');
    await page.waitForFunction((text) => document.querySelector('.clock-day').textContent !== text, before);
    await press('.');
    await page.getByLabel('Clock mode').and(page.locator('select')).waitFor();
    await page.waitForFunction(() => document.querySelector('.mode').value === 'real');
    await press('/');
    await page.keyboard.type('is:webhook.n');
    await page.getByText('0 rows').waitFor();
    assert.strictEqual(await page.locator('.mode').inputValue(), 'real', 'keys are silent in fields');
    await press('Escape', 'Escape');
    await past(page, 'RegisterLink').waitFor();
    await press('?');
    await page.locator('dialog kbd').first().waitFor();
    await press('Escape');
    assert.ok(receiver.webhooks.length >= 2);
  });
});

test('two thousand rows are searched at once, and new ones freeze nothing', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    const many = async (count) => {
      for (let left = count; left > 0; left -= 50) {
        await Promise.all(Array.from({ length: 50 }, () => client('GET', '/api/institutions/?page_size=1')));
      }
    };
    await many(1900);
    await register(client);
    await many(50);
    const page = await open();
    await page.locator(PAST).nth(499).waitFor();
    assert.strictEqual(await page.locator(PAST).count(), 500);
    // Counted in frames, because a busy machine draws them slowly.
    const frames = await page.evaluate(async () => {
      const input = document.getElementById('search');
      input.value = 'registerlink is:request';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      let count = 0;
      while (document.querySelectorAll('.row').length !== 1 && count < 600) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        count += 1;
      }
      return count;
    });
    assert.ok(frames <= 5, `the search took ${frames} frames`);
    await page.fill('#search', '');
    // Rows come in, a hundred a second, for as long as letters are typed: a page that freezes takes none.
    let isTyped = false;
    let seconds = 0;
    const rows = (async () => {
      for (; !isTyped && seconds < MOST_SECONDS; seconds += 1) {
        const pause = page.waitForTimeout(1000);
        await many(100);
        await pause;
      }
    })();
    await page.locator('#search').focus();
    for (const letter of 'institutions') {
      await page.keyboard.type(letter);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    isTyped = true;
    await rows;
    assert.ok(seconds < MOST_SECONDS, 'the page stood still while rows came in');
    const all = (1950 + 100 * seconds).toLocaleString('en-GB');
    await page.locator('.tools [role=status]').getByText(`${all} rows`).waitFor();
    await page.fill('#search', '');
    await page.locator('.more').click();
    await page.locator(PAST).nth(999).waitFor();
  });
});

test('whoever looks at older rows is told what is new, and brought there', LIMIT, async () => {
  await withPage(browser, MANUAL, async ({ open, client }) => {
    for (let count = 0; count < 60; count += 1) await client('GET', '/api/institutions/');
    const page = await open();
    await page.locator('.row').nth(59).waitFor();
    await page.evaluate(() => scrollTo(0, 900));
    await page.waitForTimeout(200);
    for (let count = 0; count < 3; count += 1) await client('GET', '/api/links/');
    await page.getByText('3 new').waitFor();
    assert.strictEqual(await past(page, 'ListLinks').count(), 0);
    await page.keyboard.press('f');
    await past(page, 'ListLinks').waitFor();
    await page.getByText('3 new').waitFor({ state: 'detached' });
  });
});
