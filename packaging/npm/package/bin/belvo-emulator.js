#!/usr/bin/env node
'use strict';

// Runs the binary in place of this program: its streams, its signals and its exit code.

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const { findBinary } = require('../lib/binary.js');

function run() {
  const child = spawn(findBinary(), process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', ({ message }) => fail(`${message}; BELVO_EMULATOR_BIN names another binary`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exitCode = 1;
}

try {
  run();
} catch ({ message }) {
  fail(message);
}
