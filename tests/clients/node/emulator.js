'use strict';

// Emulators of one's own, each a process on a free port.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { existsSync } = require('node:fs');
const { mkdtemp, readFile, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const PATIENCE_MS = 10_000;

if (!process.env.BELVO_EMULATOR_BIN) {
  throw new Error(
    'set BELVO_EMULATOR_BIN to the program to test, such as target/release/belvo-emulator'
  );
}
// npm runs scripts in the folder of the package and tells where the user called it.
const binary = path.resolve(process.env.INIT_CWD ?? '.', process.env.BELVO_EMULATOR_BIN);

/** Starts an emulator with these flags: its URL, and how to stop it. */
async function startEmulator(...flags) {
  const folder = await mkdtemp(path.join(tmpdir(), 'belvo-emulator-'));
  const clean = () => rm(folder, { recursive: true, force: true });
  const portFile = path.join(folder, 'port');
  const child = spawn(binary, ['--port', '0', '--port-file', portFile, '--quiet', ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment(),
  });
  try {
    await once(child, 'spawn');
    const port = await readPort(child, portFile);
    return { url: `http://127.0.0.1:${port}`, stop: () => stop(child).finally(clean) };
  } catch (error) {
    child.kill('SIGKILL');
    await clean();
    throw error;
  }
}

/** Without the variables that stand for flags: a test names all its settings. */
function environment() {
  const foreign = ([name]) => !name.startsWith('BELVO_EMULATOR_');
  return Object.fromEntries(Object.entries(process.env).filter(foreign));
}

async function readPort(child, portFile) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!existsSync(portFile)) {
    if (hasEnded(child)) throw new Error('the emulator ended before it was ready');
    if (Date.now() > deadline) throw new Error('the emulator was not ready in time');
    await pause(10);
  }
  return Number(await readFile(portFile, 'utf8'));
}

/** Stops an emulator as a container would. */
async function stop(child) {
  if (!hasEnded(child)) {
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await once(child, 'exit');
    clearTimeout(overdue);
  }
  const end = child.exitCode ?? child.signalCode;
  if (end !== 0) throw new Error(`the emulator ended with ${end}`);
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

module.exports = { binary, environment, startEmulator };
