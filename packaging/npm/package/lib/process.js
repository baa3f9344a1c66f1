// @ts-check
'use strict';

const { spawn } = require('node:child_process');

const { Account, account, environmentOf } = require('./account.js');
const { findBinary } = require('./binary.js');
const { environmentOfOptions, flagsOf } = require('./flags.js');

/** How long the start and the stop may take on a busy machine. */
const PATIENCE_MS = 30_000;
const READY = /^belvo-emulator ready on (http:\/\/\S+)$/m;
/** How much of what the emulator prints is kept to explain a start that failed. */
const MOST_KEPT = 64 * 1024;

/** The timers of the machine, also where a test replaces them later. */
const { setTimeout, clearTimeout } = globalThis;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let isWatchingExit = false;

/** @typedef {import('../index.js').Emulator} PublicEmulator */

/**
 * An emulator that runs as a process of its own.
 * @implements {PublicEmulator}
 */
class Emulator {
  /** @type {import('node:child_process').ChildProcess} */
  #child;

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} baseUrl
   * @param {string | undefined} credentials
   */
  constructor(child, baseUrl, credentials) {
    this.#child = child;
    this.baseUrl = baseUrl;
    const [id, ...password] = (credentials ?? 'my-id:my-password').split(':');
    this.secretId = id;
    this.secretPassword = password.join(':');
  }

  get environment() {
    return environmentOf(this);
  }

  /** @param {import('../index.js').AccountOptions} [options] */
  account(options) {
    return account({ ...options, baseUrl: this.baseUrl });
  }

  /** The account of `secretId` and `secretPassword`, which an app that has its keys from the environment uses. */
  sharedAccount() {
    return new Account(this);
  }

  async stop() {
    const child = this.#child;
    if (hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(overdue);
  }
}

/**
 * @param {import('../index.js').StartOptions} [options]
 * @returns {Promise<Emulator>}
 */
async function start(options = {}) {
  const binary = findBinary();
  const child = spawn(binary, flagsOf(options), {
    env: { ...process.env, ...environmentOfOptions(options) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches this process alone, which may still need the emulator.
    detached: true,
    windowsHide: true,
  });
  try {
    const baseUrl = await ready(child, binary);
    watch(child);
    const [credentials] = [options.credentials ?? process.env.BELVO_EMULATOR_CREDENTIALS?.split(' ') ?? []].flat();
    return new Emulator(child, baseUrl, credentials);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * Starts an emulator in whose time nobody waits, unless the options or the environment choose another clock.
 * @param {import('../index.js').StartOptions} [options]
 */
function startForSuite(options) {
  return start(process.env.BELVO_EMULATOR_CLOCK ? options : { clock: 'skip', ...options });
}

/**
 * Waits for the ready line, which has the URL.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @param {string} binary
 * @returns {Promise<string>}
 */
function ready(child, binary) {
  return new Promise((resolve, reject) => {
    let printed = '';
    let said = '';
    const fail = (/** @type {string} */ reason) => {
      clearTimeout(overdue);
      reject(new Error(`${binary} ${reason}${said ? `:\n${said.trimEnd()}` : ''}`));
    };
    const overdue = setTimeout(() => fail(`was not ready within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    child.once('error', (error) => fail(`cannot be started (${error.message}); BELVO_EMULATOR_BIN names another binary`));
    child.once('close', (code, signal) => fail(`ended with ${code ?? signal} before it was ready`));
    const explain = (/** @type {Buffer} */ chunk) => {
      if (said.length < MOST_KEPT) said += chunk;
    };
    child.stderr.on('data', explain);
    child.stdout.on('data', function read(/** @type {Buffer} */ chunk) {
      if (printed.length < MOST_KEPT) printed += chunk;
      const line = READY.exec(printed);
      if (!line) return;
      clearTimeout(overdue);
      child.stdout.off('data', read).resume();
      child.stderr.off('data', explain).on('data', (rest) => process.stderr.write(rest));
      if (said) process.stderr.write(said);
      resolve(line[1]);
    });
  });
}

/**
 * Lets this process end while the emulator runs, and the emulator end with this process. The flag
 * `--exit-with-parent` does so too where this process is killed.
 * @param {import('node:child_process').ChildProcess} child
 */
function watch(child) {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    /** @type {import('node:net').Socket} */ (stream).unref();
  }
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => running.forEach((one) => one.kill('SIGTERM')));
}

/** @param {import('node:child_process').ChildProcess} child */
function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

module.exports = { Emulator, start, startForSuite };
