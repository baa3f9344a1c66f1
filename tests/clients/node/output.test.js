'use strict';

// An emulator whose output nobody reads: spawn opens pipes unless it is told otherwise.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { test } = require('node:test');

const { binary, environment } = require('./emulator');

const KEYS = `Basic ${Buffer.from('id:password').toString('base64')}`;
const LINK = { institution: 'planet_mx_employment', username: 'BLPM951331IONVGR54' };

async function call(url, path, body) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { Authorization: KEYS, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
  return response.status;
}

test('pipes that nobody reads hold up nothing', async () => {
  const flags = ['--log-requests', '--webhook-url', 'http://127.0.0.1:9/', '--webhook-delay', '0s'];
  const child = spawn(binary, ['--port', '0', ...flags], { env: environment() });
  try {
    const [ready] = await once(child.stdout, 'data');
    const url = String(ready).trim().split(' ').at(-1);
    // The lines of these take more than a pipe and Node's buffer hold, 64 KiB each.
    for (let count = 0; count < 500; count++) {
      assert.equal(await call(url, '/api/links/', LINK), 201);
    }
    assert.equal(await call(url, '/_emulator/clock/advance', { by: '1h' }), 200);
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000);
    // Not "close", which waits for the pipes.
    const [code] = await once(child, 'exit');
    clearTimeout(overdue);
    assert.equal(code, 0);
  } finally {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  }
});
