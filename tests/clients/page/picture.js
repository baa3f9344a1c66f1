'use strict';

// Takes the picture of the README: the timeline with the future on it. Run it with BELVO_EMULATOR_BIN set.

const path = require('node:path');

const { register, startBrowser, withPage } = require('./page');

const PICTURE = path.resolve(__dirname, '../../../ui/timeline.png');

async function fill({ client, receiver }) {
  const advance = (by) => client('POST', '/_emulator/clock/advance', { by });
  await client('PUT', '/_emulator/clock', { now: '2027-03-01T15:04:05Z' });
  const mariana = await register(client, undefined, { external_id: 'mariana-204' });
  await advance('15s');
  await client('GET', `/api/employment-records/?link=${mariana.id}`);
  await advance('6d');
  const jorge = await register(client, 'MOVE900101MXXXXX00', { external_id: 'jorge-ruiz' });
  receiver.status = 500;
  await advance('15s');
  receiver.status = 200;
  await advance('10s');
  await client('GET', `/api/employment-records/?link=${jorge.id}`);
  await register(client, 'FAIL400002HXXXXX00');
  await register(client, 'TWIN900101MXXXXX00', { external_id: 'paloma-v' });
  await client('PUT', '/_emulator/clock', { mode: 'real' });
}

async function main() {
  const browser = await startBrowser();
  await withPage(browser, ['--clock', 'manual'], async (house) => {
    await fill(house);
    const page = await house.open({ width: 1280, height: 860 });
    await page.waitForTimeout(1500);
    await page.screenshot({ path: PICTURE });
  });
  await browser.close();
}

main();
