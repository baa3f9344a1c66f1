// @ts-check
'use strict';

const { after, before } = require('node:test');

const { startForSuite } = require('./lib/process.js');

/** @param {import('./index.js').StartOptions} [options] */
function useEmulator(options) {
  /** @type {import('./index.js').Emulator | undefined} */
  let emulator;
  before(async () => {
    emulator = await startForSuite(options);
  });
  after(() => emulator?.stop());
  const running = () => {
    if (!emulator) throw new Error('the emulator runs within tests and their hooks only');
    return emulator;
  };
  return {
    get baseUrl() {
      return running().baseUrl;
    },
    get environment() {
      return running().environment;
    },
    /** @param {import('./index.js').AccountOptions} [account] */
    account: (account) => running().account(account),
    sharedAccount: () => running().sharedAccount(),
  };
}

module.exports = { useEmulator };
