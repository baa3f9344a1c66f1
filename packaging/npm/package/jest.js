// @ts-check
'use strict';

const { startForSuite } = require('./lib/process.js');

const KEY = Symbol.for('belvo-emulator');

/** @param {import('./index.js').StartOptions} [options] */
async function begin(options) {
  // In watch mode each run begins anew.
  await stop();
  const emulator = await startForSuite(options);
  /** @type {any} */ (globalThis)[KEY] = emulator;
  Object.assign(process.env, emulator.environment);
}

async function stop() {
  await /** @type {any} */ (globalThis)[KEY]?.stop();
}

/** @param {import('./index.js').StartOptions} options */
function globalSetup(options) {
  return () => begin(options);
}

function setup() {
  return begin();
}

// Jest calls what the module exports, with settings of its own.
module.exports = setup;
module.exports.globalSetup = globalSetup;
module.exports.stop = stop;
