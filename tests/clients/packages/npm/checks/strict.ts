// Compiled, not run: how the types of the package are used, and what they must refuse.

import { Account, Emulator, ControlError, account, findBinary, start } from 'belvo-emulator';
import type { Delivery, ScheduledTask, StartOptions } from 'belvo-emulator';
import jest = require('belvo-emulator/jest');
import jestTeardown = require('belvo-emulator/jest-teardown');
import { useEmulator } from 'belvo-emulator/node-test';
import vitest = require('belvo-emulator/vitest');

const options: StartOptions = { clock: '60x', seed: 7, scenarios: ['mine'], webhookDelay: '0s' };

export async function use(): Promise<string[]> {
  const emulator: Emulator = await start(options);
  const belvo: Account = emulator.account({ name: 'a test' });
  await belvo.arm('nss_not_found', { operation: 'RegisterLink', times: 2 });
  await belvo.fault({ latency: { delay: '2s' } }, { operation: 'ListLinks' });
  await belvo.fault({ slow_body: { over: '1s' } });
  await belvo.fault('webhook_drop', { webhook_code: 'historical_update' });
  const webhook: Delivery = await belvo.awaitWebhook({ webhook_type: 'OWNERS', expect: 'finished' });
  await belvo.expectNoWebhook({ after: webhook.cursor, within: '10m' });
  const tasks: ScheduledTask[] = await belvo.scheduled({ link: webhook.link });
  const { count } = (await belvo.verify({ operation: 'RegisterLink', at_most: 1 })).matched[0];
  await belvo.setEndpoint('http://127.0.0.1:9000/', { retries: 2 });
  const copy: Account = await belvo.fork();
  await copy.restore(await belvo.snapshot());
  await belvo.advance({ to: 'webhook' });
  const { now } = await belvo.call<{ now: string }>('PUT', '/_emulator/clock', { mode: 'manual' });
  await emulator.stop();
  return [findBinary(), now, `${count} of ${tasks.length}`, emulator.environment.BELVO_API_URL];
}

export async function misuse(): Promise<void> {
  const belvo = account();
  // @ts-expect-error: there is no such key.
  await belvo.awaitWebhook({ type: 'OWNERS' });
  // @ts-expect-error: there is no such type of webhooks.
  await belvo.awaitWebhook({ webhook_type: 'OWNER' });
  // @ts-expect-error: awaiting none is a method of its own.
  await belvo.awaitWebhook({ expect: 'none' });
  // @ts-expect-error: there is no such operation.
  await belvo.fault('reset_peer', { operation: 'registerLink' });
  // @ts-expect-error: there is no such fault.
  await belvo.fault('reset');
  // @ts-expect-error: the flag is page-size.
  await start({ pagesize: 3 });
  // @ts-expect-error: a delivery has no such key.
  (await belvo.awaitWebhook()).status;
}

export const setups = [jest, jestTeardown, jest.globalSetup(options), vitest, vitest.globalSetup(options)];
export const belvo = useEmulator(options);
export const isRefused = (error: unknown) => error instanceof ControlError && error.code === 'webhook_not_due';
