// Compiled and run: the package as an ES module.

import { account, start } from 'belvo-emulator';
import jest from 'belvo-emulator/jest';
import jestTeardown from 'belvo-emulator/jest-teardown';
import { useEmulator } from 'belvo-emulator/node-test';
import vitest, { globalSetup } from 'belvo-emulator/vitest';

const emulator = await start({ clock: 'skip', seed: 7 });
const belvo = emulator.account();
await belvo.awaitWebhook({ timeout: '10ms' }).then(
  () => {
    throw new Error('a webhook came, and nobody has made a link');
  },
  ({ code }: { code: string }) => console.log(code)
);
await emulator.stop();
console.log([account, jest, jestTeardown, useEmulator, vitest, globalSetup].map((one) => typeof one).join(' '));
