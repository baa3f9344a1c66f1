'use strict';

// Run in a folder in which the package is installed; see `run`.

const assert = require('node:assert/strict');
const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const { setTimeout: pause } = require('node:timers/promises');

const { ControlError, account, findBinary, start } = require('belvo-emulator');

const CURP = 'BLPM951331IONVGR54';
const PATIENCE_MS = 20_000;
const ROOT = path.dirname(require.resolve('belvo-emulator/package.json'));

/** Runs a program, and returns its code and what it printed. */
function run(file, args, options = {}) {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: PATIENCE_MS, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
  });
}

/** Runs a script in a Node of its own. */
function script(text, env = {}) {
  return run(process.execPath, ['-e', text], { env: { ...process.env, ...env } });
}

async function post(belvo, route, body) {
  const keys = Buffer.from(`${belvo.secretId}:${belvo.secretPassword}`).toString('base64');
  const answer = await fetch(`${belvo.baseUrl}/api/${route}`, {
    method: 'POST',
    headers: { authorization: `Basic ${keys}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

const register = (belvo, curp = CURP) =>
  post(belvo, 'links/', { institution: 'planet_mx_employment', username: curp });

async function serves(url) {
  try {
    return (await fetch(`${url}/livez`)).ok;
  } catch {
    return false;
  }
}

async function stopsServing(url) {
  const deadline = Date.now() + PATIENCE_MS;
  while (await serves(url)) {
    assert.ok(Date.now() < deadline, `${url} still serves`);
    await pause(50);
  }
}

describe('an account', () => {
  let emulator;
  before(async () => {
    emulator = await start({ clock: 'skip', seed: 7 });
  });
  after(() => emulator.stop());

  it('meets no other', async () => {
    const [one, other] = [emulator.account(), emulator.account()];
    await register(one);
    assert.equal((await one.requests()).length, 1);
    assert.equal((await other.requests()).length, 0);
  });

  it('sends webhooks to a receiver', async () => {
    const received = [];
    const server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push([request.headers.authorization, JSON.parse(Buffer.concat(chunks))]);
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const belvo = emulator.account();
      const url = `http://127.0.0.1:${server.address().port}/`;
      await belvo.setEndpoint(url, { authorization: 'Bearer mine' });
      const link = (await register(belvo)).body.id;
      const webhook = await belvo.awaitWebhook({ link });
      assert.equal(webhook.state, 'delivered');
      assert.deepEqual(received[0], ['Bearer mine', webhook.payload]);
      assert.equal((await belvo.deliveries({ state: 'delivered' }))[0].id, webhook.id);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('returns each webhook once, in whatever order they are awaited', async () => {
    const belvo = emulator.account();
    const links = [await register(belvo), await register(belvo)].map(({ body }) => body.id);
    const awaited = [];
    for (const wanted of [
      { link: links[1], webhook_type: 'OWNERS' },
      { link: links[1], webhook_type: 'EMPLOYMENT_RECORDS' },
      { link: links[0] },
      { webhook_type: 'OWNERS' },
    ]) {
      const { link, webhook_type } = await belvo.awaitWebhook(wanted);
      awaited.push([links.indexOf(link), webhook_type]);
    }
    assert.deepEqual(awaited, [
      [1, 'OWNERS'],
      [1, 'EMPLOYMENT_RECORDS'],
      [0, 'EMPLOYMENT_RECORDS'],
      [0, 'OWNERS'],
    ]);
    await belvo.expectNoWebhook({ within: '1m' });
    const [first] = await belvo.deliveries();
    assert.equal((await belvo.awaitWebhook({ after: 0 })).id, first.id);
  });

  it('throws what the emulator says, with the code and the problems', async () => {
    const belvo = emulator.account();
    await register(belvo);
    const refusals = [
      [() => belvo.arm('unemployd'), 400, /^POST \/_emulator\/armed answered 400: scenario: .*Did you mean "unemployed"\?/],
      [() => belvo.verify({ operation: 'ListLinks' }), 409, /expectation 1 of 1: ListLinks/],
      [() => belvo.expectNoWebhook(), 409, /answered 409/],
      [() => belvo.advance('yesterday'), 400, /by: /],
      [() => belvo.call('GET', '/_emulator/nothing'), 404, /answered 404/],
    ];
    for (const [refused, status, message] of refusals) {
      await assert.rejects(refused(), (error) => {
        assert.ok(error instanceof ControlError, error);
        assert.equal(error.status, status);
        assert.equal(error.code, error.problems[0].code);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it('is armed and disarmed, spoilt and mended', async () => {
    const belvo = emulator.account();
    const { id } = await belvo.arm('login_locked');
    await belvo.disarm(id);
    await belvo.arm('login_locked');
    await belvo.disarm();
    const fault = await belvo.fault('empty_response');
    await belvo.removeFault(fault.id);
    await belvo.fault('empty_response');
    await belvo.removeFault();
    assert.equal((await register(belvo)).status, 201);
  });

  it('lists more than one page', async () => {
    const belvo = emulator.account();
    for (let count = 0; count < 400; count += 1) await register(belvo);
    assert.equal((await belvo.scheduled()).length, 1200);
  });

  it('begins its cursors again after a reset and a snapshot', async () => {
    const belvo = emulator.account();
    const snapshot = await belvo.snapshot();
    for (const again of [() => belvo.reset(), () => belvo.restore(snapshot), async () => {}]) {
      await register(belvo);
      await belvo.awaitWebhook();
      await belvo.awaitWebhook();
      await again();
    }
  });

  it('has the variables that an app needs', async () => {
    const belvo = emulator.account({ name: 'a test: with a name' });
    assert.match(belvo.secretId, /^a-test-with-a-name-[0-9a-f-]{36}$/);
    assert.equal(belvo.environment.BELVO_API_URL, emulator.baseUrl);
    assert.equal(belvo.environment.BELVO_SECRET_ID, belvo.secretId);
    assert.match(belvo.environment.NO_PROXY, /127\.0\.0\.1/);
    const text = "require('belvo-emulator').account({ name: 'b' }).requests().then((all) => console.log(all.length))";
    assert.deepEqual(await script(text, belvo.environment), { code: 0, stdout: '0\n', stderr: '' });
  });

  it('is found through no proxy, with timers that stand still', async () => {
    const text = `
      const { account } = require('belvo-emulator');
      globalThis.setTimeout = () => {};
      account().awaitWebhook({ timeout: '10ms' }).catch(({ code }) => console.log(code));`;
    const { environment } = emulator.account();
    const proxy = { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1', NO_PROXY: '', no_proxy: '' };
    const { stdout } = await script(text, { ...environment, ...proxy });
    assert.equal(stdout, 'await_timeout\n');
  });
});

describe('the process', () => {
  it('takes its options as flags, and secrets in the environment', async () => {
    const emulator = await start({
      credentials: ['first:secret', 'second:secret'],
      webhookDelay: '0s',
      clock: 'manual',
      pageSize: 3,
    });
    try {
      assert.equal(emulator.secretId, 'first');
      const belvo = emulator.sharedAccount();
      const clock = await belvo.call('GET', '/_emulator/clock');
      assert.equal(clock.mode, 'manual');
      await register(emulator.account({ secretId: 'second', secretPassword: 'secret' }));
      await assert.rejects(emulator.account().requests(), { status: 401 });
      const { stdout } = await run('ps', ['-eo', 'args']);
      assert.ok(!stdout.includes('second:secret'), 'a secret is on the command line');
    } finally {
      await emulator.stop();
    }
    await emulator.stop();
    assert.equal(await serves(emulator.baseUrl), false);
    await assert.rejects(emulator.account().requests(), /does not answer/);
  });

  it('says why it cannot start', async () => {
    await assert.rejects(start({ webhookDelay: 'soon' }), /ended with 2 before it was ready:\n.*--webhook-delay/s);
    await assert.rejects(start({ pagSize: 3 }), /--pag-size/);
    const missing = await script("require('belvo-emulator').start().catch(({ message }) => console.log(message))", {
      BELVO_EMULATOR_BIN: '/nowhere/belvo-emulator',
    });
    assert.match(missing.stdout, /cannot be started \(.*ENOENT.*BELVO_EMULATOR_BIN/);
  });

  it('ends when its parent is killed, and when that ends by itself', async () => {
    const starts = "require('belvo-emulator').start().then(({ baseUrl }) => console.log(baseUrl))";
    const ended = await script(starts);
    assert.equal(ended.code, 0);
    await stopsServing(ended.stdout.trim());

    const parent = spawn(process.execPath, ['-e', `${starts}; setInterval(() => {}, 1000)`]);
    const [line] = await once(parent.stdout, 'data');
    const url = String(line).trim();
    assert.ok(await serves(url));
    parent.kill('SIGKILL');
    await stopsServing(url);
  });

  it('is not blocked by what it prints', async () => {
    const text = `
      const { start } = require('belvo-emulator');
      start({ quiet: false, logRequests: true }).then(async (emulator) => {
        for (let count = 0; count < 3000; count += 1) await fetch(emulator.baseUrl + '/api/' + 'x'.repeat(3000));
        await emulator.stop();
      });`;
    const finished = await run(process.execPath, ['-e', text], { maxBuffer: 1 << 30, timeout: 120_000 });
    assert.equal(finished.code, 0, finished.stderr.slice(-1000));
    assert.ok(finished.stderr.length > 1 << 20, `${finished.stderr.length}`);
  });
});

describe('the setups of test runners', () => {
  it('start an emulator in skip mode or with options, tell its variables, and stop it', async () => {
    const vitest = "const end = await require('belvo-emulator/vitest').globalSetup({ clock: '60x' })();";
    const jest = "await require('belvo-emulator/jest')(); const end = require('belvo-emulator/jest-teardown');";
    for (const [begin, mode] of [
      [vitest, { scale: 60 }],
      [jest, 'skip'],
    ]) {
      const text = `(async () => {
        ${begin}
        const { account } = require('belvo-emulator');
        const { mode } = await account().call('GET', '/_emulator/clock');
        await end();
        console.log(JSON.stringify([mode, process.env.BELVO_API_URL]));
      })()`;
      const { stdout, stderr } = await script(text);
      const [shown, url] = JSON.parse(stdout || assert.fail(stderr));
      assert.deepEqual(shown, mode);
      assert.equal(await serves(url), false);
    }
  });
});

describe('the program', () => {
  const program = path.join(ROOT, 'bin', 'belvo-emulator.js');

  it('passes arguments, exit codes and streams on', async () => {
    const { version } = require('belvo-emulator/package.json');
    assert.equal((await run(program, ['--version'])).stdout, `belvo-emulator ${version}\n`);
    assert.equal((await run(program, ['--nonsense'])).code, 2);
    const finished = await run(program, ['exec', '--', 'sh', '-c', 'echo $BELVO_BASE_URL; exit 7']);
    assert.equal(finished.code, 7);
    assert.match(finished.stdout, /^http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('stops with a signal', async () => {
    const child = spawn(program, ['--port', '0', '--quiet']);
    const [line] = await once(child.stdout, 'data');
    const url = /http:\S+/.exec(line)[0];
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    assert.equal(await serves(url), false);
  });

  it('is named by a variable', async () => {
    assert.equal(path.basename(path.dirname(findBinary())).split('-')[0], process.platform);
    const finished = await run(program, ['a', 'b'], { env: { ...process.env, BELVO_EMULATOR_BIN: '/bin/echo' } });
    assert.equal(finished.stdout, 'a b\n');
  });
});

describe('the types', () => {
  it('have the flags of the binary', async () => {
    const { stdout } = await run(findBinary(), ['--help']);
    const flags = new Set([...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)].map(([, flag]) => flag));
    for (const flag of ['help', 'version']) flags.delete(flag);
    const types = fs.readFileSync(path.join(ROOT, 'index.d.ts'), 'utf8');
    const [, body] = /interface StartOptions \{(.*?)\n\}/s.exec(types);
    const options = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
    const named = options.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    assert.deepEqual(named.sort(), [...flags].sort());
  });
});

describe('the package', () => {
  it('installs nothing by a script, depends on nothing at run time, and says that it is unofficial', () => {
    for (const name of ['belvo-emulator', path.join(findBinary(), '..', 'package.json')]) {
      const manifest = require(name === 'belvo-emulator' ? 'belvo-emulator/package.json' : name);
      assert.equal(manifest.scripts, undefined);
      assert.equal(manifest.dependencies, undefined);
      assert.match(manifest.description, /unofficial/);
    }
  });

  it('has the schema of scenario files', async () => {
    const { stdout } = await run(findBinary(), ['scenarios', 'schema']);
    assert.deepEqual(require('belvo-emulator/scenario.schema.json'), JSON.parse(stdout));
  });

  it('says what to do without an emulator', () => {
    const url = process.env.BELVO_BASE_URL;
    delete process.env.BELVO_BASE_URL;
    assert.throws(() => account(), /BELVO_BASE_URL is not set\. .*globalSetup.*belvo-emulator exec/s);
    if (url !== undefined) process.env.BELVO_BASE_URL = url;
  });
});
