'use strict';

// The demo: visitors, who have an account each, those who look on, whoever presents, and the switch between accounts.

const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const { after, before, test } = require('node:test');

const { startEmulator } = require('../node/emulator');
const { client, openPage, past, problems, register, screenshot, startBrowser, withPage } = require('./page');

const LIMIT = { timeout: 240_000 };
const CARD = '.story';

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

/** Runs `work` with a demo that takes its webhooks itself. */
async function withDemo(flags, work) {
  const emulator = await startEmulator('--demo', ...flags);
  const pages = [];
  const open = async (options = {}) => {
    const page = await openPage(browser, emulator.url, { keys: null, ...options });
    pages.push(page);
    return page;
  };
  try {
    await work({ url: emulator.url, open });
    for (const page of pages) await page.close_();
  } finally {
    await emulator.stop();
  }
}

/** The keys that the tab of a page has. */
const keysOf = async (page) => {
  const { id, password } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('belvo-emulator.keys')));
  return `${id}:${password}`;
};

const story = (page, name) => page.locator(CARD).filter({ hasText: name });

test('each visitor has an account of their own, which a cookie without keys brings back', LIMIT, async () => {
  await withDemo([], async ({ open, url }) => {
    const one = await open();
    await one.getByText('This account is yours alone').waitFor();
    const other = await open();
    await other.getByText('This account is yours alone').waitFor();
    const [first, second] = [await keysOf(one), await keysOf(other)];
    assert.notStrictEqual(first, second);

    await register(client(url, first), undefined, { external_id: 'only-mine' });
    await one.getByText('only-mine').first().waitFor();
    await one.evaluate(() => (location.hash = '#/links'));
    await one.locator('tbody tr').nth(11).waitFor();
    await other.evaluate(() => (location.hash = '#/links'));
    await other.locator('tbody tr').nth(10).waitFor();
    assert.strictEqual(await other.locator('tbody tr').count(), 11);
    assert.strictEqual(await other.getByText('only-mine').count(), 0);

    const cookies = await one.context().cookies(`${url}/_emulator/demo/visit`);
    assert.deepStrictEqual(cookies.map(({ httpOnly, sameSite, path }) => [httpOnly, sameSite, path]), [[true, 'Strict', '/_emulator/demo/']]);
    assert.ok(!cookies[0].value.includes(first.split(':')[1]), 'the cookie has no key');
    assert.deepStrictEqual(await one.context().cookies(`${url}/_emulator/`), []);
    assert.strictEqual(await one.evaluate(() => document.cookie), '');
    await one.evaluate(() => (location.hash = '#/webhooks'));
    await one.getByText('Whoever runs the demo chooses').waitFor();
    const endpoint = one.getByRole('region', { name: 'Endpoint' });
    assert.deepStrictEqual(await endpoint.getByRole('button').allTextContents(), ['Send a test event']);
    await one.getByRole('button', { name: 'historical_update' }).first().click();
    await one.getByRole('button', { name: 'Edit and replay' }).click();
    await one.locator('dialog textarea').waitFor();
    assert.strictEqual(await one.locator('dialog input[type=url]').count(), 0, 'a visitor chooses no receiver');
    await one.keyboard.press('Escape');
    // A new tab of the same browser is the same visitor.
    const tab = await one.context().newPage();
    await tab.goto(`${url}/_emulator/`);
    await tab.getByText('This account is yours alone').waitFor();
    assert.strictEqual(await keysOf(tab), first);
  });
});

test('whoever looks on sees what happens and can change nothing', LIMIT, async () => {
  await withDemo([], async ({ open, url }) => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Share a view' }).click();
    const address = await page.getByLabel('The address of the view').inputValue();
    await page.keyboard.press('Escape');
    const own = await keysOf(page);
    assert.ok(!address.includes(own.split(':')[1]));

    const view = await open({ keys: decodeURIComponent(address.split('#keys=')[1]) });
    await view.getByText('You are looking on').waitFor();
    assert.ok(!view.url().includes('keys='));
    for (const name of ['New link', 'Run to next', 'Pause', 'Share a view']) {
      assert.strictEqual(await view.getByRole('button', { name, exact: true }).count(), 0, name);
    }
    await register(client(url, own), undefined, { external_id: 'seen-by-all' });
    await view.getByText('seen-by-all').first().waitFor();
    // The server refuses, whatever the page shows.
    await view.keyboard.press('n');
    await view.locator('.notice-bad').getByText('look at the account of somebody else').waitFor();
    const statuses = await view.evaluate(async (base) => {
      const { id, password } = JSON.parse(sessionStorage.getItem('belvo-emulator.keys'));
      const headers = { Authorization: `Basic ${btoa(`${id}:${password}`)}`, 'Content-Type': 'application/json' };
      const send = (method, path) => fetch(base + path, { method, headers, body: method === 'GET' ? undefined : '{}' }).then(({ status }) => status);
      return Promise.all([
        send('POST', '/_emulator/reset'),
        send('PUT', '/_emulator/clock'),
        send('POST', '/api/links/'),
        send('GET', '/api/links/'),
        send('GET', '/_emulator/snapshot'),
        send('GET', '/_emulator/links'),
      ]);
    }, url);
    assert.deepStrictEqual(statuses, [403, 403, 403, 403, 403, 200]);
    assert.strictEqual((await client(url, own)('GET', '/_emulator/links')).count, 12);
    await view.getByRole('button', { name: 'Change' }).click();
    await view.locator('dialog input[name=keys]').waitFor();
    assert.strictEqual(await view.locator('dialog .choice-list').count(), 0, 'other accounts are not listed');
  });
});

test('a story is presented by keyboard alone', LIMIT, async () => {
  await withDemo(['--clock', 'manual'], async ({ open }) => {
    const page = await open();
    const press = (key) => page.keyboard.press(key);
    await page.getByText('This account is yours alone').waitFor();
    await press('p');
    await page.locator(CARD).nth(11).waitFor();
    assert.strictEqual(await page.locator(CARD).count(), 12);
    await story(page, 'Josefina Aguilar Bravo').getByText('records loaded').waitFor();
    await story(page, 'Tomás Cruz Santiago').getByText('refused with 400').waitFor();
    await story(page, 'Ricardo Salgado Peña').getByText('loading').waitFor();
    await page.locator('.presenter-what').getByText('Ricardo').waitFor();
    await press('ArrowRight');
    await story(page, 'Ricardo Salgado Peña').getByText('records loaded').waitFor();
    // The next webhook is lost, and sent again.
    await page.locator('.presenter-what').getByText('Ximena').waitFor();
    await press('f');
    await page.locator('.notice-ok').getByText('about Ximena, will be lost').waitFor();
    await page.locator('.presenter-in').getByText('will be lost').waitFor();
    await press('ArrowRight');
    await story(page, 'Ximena Robles Duarte').getByText('webhook lost').waitFor();
    await press('r');
    await page.locator('.notice-ok').getByText('about Ximena was sent again').waitFor();
    await story(page, 'Ximena Robles Duarte').getByText('records loaded').waitFor();
    await press('R');
    await page.locator('.notice-bad').getByText('No webhook was lost').waitFor();
    // Time runs, and stands still again.
    await press('Space');
    await page.locator('.presenter-day').getByText('× 60').waitFor();
    await press('Space');
    await page.locator('.presenter-day').getByText('paused').waitFor();
    await press('?');
    await page.locator('dialog').getByText('Play time × 60, or pause').waitFor();
    await press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    // A card is reached and opened by Tab and Enter.
    await press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement.closest('.story') !== null));
    await press('Escape');
    await page.locator('.rows').first().waitFor();
    await past(page, 'historical_update').waitFor();
    await press('p');
    await page.locator(CARD).first().waitFor();
    await page.keyboard.press('Tab');
    await press('Enter');
    await page.locator('h1').getByText('nurse').waitFor();
  });
});

test('the demo account is the operator’s, and says when it begins anew', LIMIT, async () => {
  await withDemo(['--credentials', 'acme:secret-1', '--demo-reset', '2h'], async ({ open, url }) => {
    const page = await open({ keys: 'acme:secret-1' });
    await page.getByText('The demo account, which all').waitFor();
    await page.getByText('It begins anew at').waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    await page.locator('dialog').getByRole('button', { name: 'My own account in the demo' }).click();
    await page.getByText('This account is yours alone').waitFor();
    assert.match(await keysOf(page), /^visitor-1:/);
    // The page knows the password of the first account, which was typed in this tab.
    await page.evaluate(() => sessionStorage.removeItem('belvo-emulator.keys'));
    assert.strictEqual((await client(url, 'acme:secret-1')('GET', '/_emulator/accounts')).count, 2);
  });
});

test('an account is chosen from the list, and opened with its password', LIMIT, async () => {
  await withPage(browser, [], async ({ open, client: call, url }) => {
    await register(call);
    await register(client(url, 'other:its-password'), 'TWIN900101MXXXXX00');
    const page = await open();
    await past(page, 'RegisterLink').waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    const dialog = page.locator('dialog');
    await dialog.getByRole('button', { name: /^other/ }).click();
    assert.strictEqual(await dialog.locator('input[name=keys]').inputValue(), 'other:');
    assert.ok(!(await page.content()).includes('its-password'));
    await page.keyboard.type('its-password');
    await page.keyboard.press('Enter');
    await page.locator('.chip').getByText('TWIN900101MXXXXX00').first().waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    await dialog.getByRole('button', { name: /^my-id/ }).click();
    await page.locator('.chip').getByText('BLPM951331IONVGR54').first().waitFor();
    await page.locator('.account-id').getByText('my-id').waitFor();
  });
});

test('where a token is asked for, the list of accounts asks for it', LIMIT, async () => {
  await withPage(browser, ['--control-token', '0123456789abcdef'], async ({ open }) => {
    const page = await open();
    await page.getByRole('button', { name: 'Change' }).click();
    await page.locator('dialog').getByText('--control-token in the header').waitFor();
    await page.getByLabel('The token of --control-token').fill('0123456789abcdef');
    await page.locator('dialog').getByRole('button', { name: 'List the accounts' }).click();
    await page.locator('dialog .choice-list').getByText('my-id').waitFor();
  });
});

test('a visitor of an emulator that was started again gets a new account, and a full one says so', LIMIT, async () => {
  await withDemo(['--accounts', '2'], async ({ open, url }) => {
    const page = await open();
    await page.getByText('This account is yours alone').waitFor();
    await page.evaluate(() => {
      const gone = JSON.stringify({ id: 'visitor-900', password: 'of-an-earlier-process' });
      sessionStorage.setItem('belvo-emulator.keys', gone);
    });
    await page.reload();
    await page.getByText('This account is yours alone').waitFor();
    const full = await open();
    await full.getByText('There are 2 accounts, which is the most').waitFor();
    assert.ok((await fetch(`${url}/_emulator/demo`)).ok);
  });
});

test('the demo fits, in both themes and languages, for everybody', { timeout: 600_000 }, async () => {
  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  await withDemo(['--clock', 'manual'], async ({ open }) => {
    for (const width of [1440, 390]) {
      for (const theme of ['light', 'dark']) {
        for (const language of ['en', 'es']) {
          const page = await open({ width, height: width === 390 ? 844 : 900, theme, language });
          const check = async (name) => {
            await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState === 'finished'));
            await screenshot(page, `${name}-${width}-${theme}-${language}`);
            assert.deepStrictEqual(await problems(page, axe), [], `${name} ${width} ${theme} ${language}`);
            const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(beside <= 0, `${name} ${width} is ${beside} pixels too wide`);
          };
          await page.locator('.demo-bar').waitFor();
          await page.locator('.rows .row').nth(8).waitFor();
          await check('demo');
          await page.evaluate(() => (location.hash = '#/presenter'));
          await page.locator(CARD).nth(11).waitFor();
          await check('presenter');
          if (width === 1440 && language === 'es') {
            await page.keyboard.press('ArrowRight');
            await page.locator('.presenter-what').getByText('Ximena').waitFor();
            await page.keyboard.press('f');
            await page.locator('.presenter-in .pill').waitFor();
            await check('presenter-lost');
          }
          await page.evaluate(() => (location.hash = '#/timeline'));
          if (width === 1440) {
            await page.locator('.account button').click();
            await page.locator('dialog').waitFor();
            await check('accounts');
          }
        }
      }
    }
  });
});
