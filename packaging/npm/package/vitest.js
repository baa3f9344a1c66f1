// @ts-check
'use strict';

const { startForSuite } = require('./lib/process.js');

/** @type {import('./index.js').Emulator | undefined} */
let emulator;

/** @param {import('./index.js').StartOptions} [options] */
async function begin(options) {
  emulator = await startForSuite(options);
  Object.assign(process.env, emulator.environment);
}

async function teardown() {
  await emulator?.stop();
}

async function setup() {
  await begin();
  return teardown;
}

/** @param {import('./index.js').StartOptions} options */
function globalSetup(options) {
  return async () => {
    await begin(options);
    return teardown;
  };
}

// Vitest calls what the module exports, and after the tests what that returns.
module.exports = setup;
module.exports.globalSetup = globalSetup;
