'use strict';

// Every screen, in both themes and languages, wide and narrow: nothing serious for those who use a
// keyboard or a screen reader, nothing beside the screen, and a picture of each.

const assert = require('node:assert');
const { after, before, test } = require('node:test');
const { readFileSync } = require('node:fs');

const { problems, register, screenshot, startBrowser, withPage } = require('./page');

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const LIMIT = { timeout: 240_000 };
/** The drawers of rows of these kinds. */
const DRAWERS = [['drawer', 'webhook'], ['drawer-change', 'change'], ['drawer-fault', 'fault']];
/** What shows that a screen has read what it needs. */
const LOADED = { link: '.history-chart rect', scenarios: 'article', reference: 'tbody tr' };
const SCREENS = ['timeline', 'links', 'link', 'webhooks', 'scenarios', 'problems', 'reference'];

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

/** An account in which much has happened. */
async function fill({ client, receiver }) {
  await client('PUT', '/_emulator/clock', { mode: 'manual', now: '2027-03-01T12:00:00Z' });
  const link = await register(client, undefined, { external_id: 'mariana-204' });
  await client('POST', '/_emulator/clock/advance', { by: '15s' });
  await client('GET', `/api/employment-records/?link=${link.id}`);
  await register(client, 'FAIL400002HXXXXX00');
  receiver.status = 500;
  await register(client, 'MOVE900101MXXXXX00', { external_id: 'jorge-ruiz' });
  await client('POST', '/_emulator/clock/advance', { by: '40s' });
  receiver.status = 200;
  await client('POST', '/_emulator/clock/advance', { by: '2d' });
  for (let count = 0; count < 7; count += 1) await client('GET', '/api/employment-records/?page_size=1');
  await client('POST', '/_emulator/faults', { fault: { latency: { delay: '1ms' } }, times: 1, operation: 'RegisterLink' });
  await register(client, 'TWIN900101MXXXXX00', { external_id: 'paloma-v' });
  await client('POST', '/_emulator/faults', { fault: 'webhook_drop', times: 1, webhook_code: 'link_deleted' });
  return link;
}

test('every screen can be used by everybody and fits', LIMIT, async () => {
  await withPage(browser, [], async (house) => {
    const link = await fill(house);
    for (const width of [1440, 390]) {
      for (const theme of ['light', 'dark']) {
        for (const language of ['en', 'es']) {
          const page = await house.open({ width, height: width === 390 ? 844 : 900, theme, language });
          for (const screen of SCREENS) {
            const hash = screen === 'link' ? `#/links/${link.id}` : `#/${screen}`;
            await page.evaluate((to) => (location.hash = to), hash);
            await page.waitForSelector('#content h1');
            if (LOADED[screen]) await page.waitForSelector(LOADED[screen]);
            const name = `${screen} ${width} ${theme} ${language}`;
            // What has just come in moves for a moment.
            await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState === 'finished'));
            await screenshot(page, name.replaceAll(' ', '-'));
            assert.deepStrictEqual(await problems(page, AXE), [], name);
            const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(beside <= 0, `${name} is ${beside} pixels too wide`);
          }
          await page.evaluate(() => (location.hash = '#/timeline'));
          for (const [name, kind] of DRAWERS) {
            await page.locator(`.row-${kind} .row-main`).first().click();
            await page.waitForSelector('.drawer');
            await screenshot(page, `${name}-${width}-${theme}-${language}`);
            assert.deepStrictEqual(await problems(page, AXE), [], `${name} ${width} ${theme} ${language}`);
            await page.keyboard.press('Escape');
          }
        }
      }
    }
    const page = await house.open({ keys: null });
    await page.waitForSelector('.sign-in');
    await screenshot(page, 'sign-in');
    assert.deepStrictEqual(await problems(page, AXE), []);
  });
});
