'use strict';

// What pages can and cannot do to an emulator that runs beside the browser. The victim is the account
// of `victim:secret`, whose keys every page knows. The emulator has room for one account: if a page
// makes another one, the victim's link is gone.

const assert = require('node:assert');
const { after, before, test } = require('node:test');

const { startBrowser, startSite } = require('./browser');
const { startEmulator } = require('../node/emulator');

const AUTHORIZATION = `Basic ${btoa('victim:secret')}`;
/** The time after which a test has failed. */
const LIMIT = { timeout: 180_000 };
const LINK = { institution: 'planet_mx_employment', username: 'BLPM951331IONVGR54' };

let browser;
let site;

before(async () => {
  [browser, site] = await Promise.all([startBrowser(), startSite()]);
});

after(async () => {
  site.stop();
  await browser.close();
});

/** Runs `work` with an emulator in which the victim has one link. */
async function withVictim(flags, work) {
  const emulator = await startEmulator('--accounts', '1', ...flags);
  const victim = (path, method = 'GET', body) =>
    fetch(emulator.url + path, {
      method,
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    }).then((answer) => answer.json());
  try {
    await victim('/api/links/', 'POST', LINK);
    await work({ port: new URL(emulator.url).port, victim });
  } finally {
    await emulator.stop();
  }
}

/** Opens a page of this origin in a browser profile of its own. */
async function openPage(origin) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  return page;
}

/** The state that no page may change: the requests of the victim, its links, its clock's mode. */
async function state(victim) {
  const [requests, links, clock] = await Promise.all([
    victim('/_emulator/requests'),
    victim('/api/links/'),
    victim('/_emulator/clock'),
  ]);
  const foreign = requests.requests.filter((request) => request.method !== 'GET');
  return { changes: foreign.length, links: links.count, mode: clock.mode };
}

const UNCHANGED = { changes: 1, links: 1, mode: 'real' };

/** Ways in which a page makes the browser send a request to `base`. Each resolves when it was sent. */
const ATTACKS = {
  'a form': (base) => submit(`${base}/api/links/`, 'application/x-www-form-urlencoded'),
  'a form of plain text': (base) => submit(`${base}/_emulator/reset`, 'text/plain'),
  'a form with files': (base) => submit(`${base}/_emulator/reset`, 'multipart/form-data'),
  'a form without fields': (base) => submit(`${base}/_emulator/reset`, 'text/plain', false),
  'a frame': (base) => load('iframe', `${base}/api/links/`),
  'an image': (base) => load('img', `${base}/api/links/`),
  'a script': (base) => load('script', `${base}/_emulator/snapshot`),
  'a style sheet': (base) => load('link', `${base}/api/links/`),
  'an object': (base) => load('object', `${base}/api/links/`),
  'a popup': async (base) => {
    window.open(`${base}/api/links/`);
    await pause();
  },
  'an EventSource': async (base) => {
    const source = new EventSource(`${base}/_emulator/requests`);
    await new Promise((resolve) => (source.onerror = resolve));
    source.close();
  },
  'a WebSocket': async (base) => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/_emulator/requests`);
    await new Promise((resolve) => (socket.onclose = resolve));
  },
  'a beacon': async (base) => {
    navigator.sendBeacon(`${base}/_emulator/reset`, 'x');
    await pause();
  },
  'fetch without CORS': (base) => request(`${base}/_emulator/reset`, { mode: 'no-cors', method: 'POST' }),
  'fetch without CORS and with a body': (base) =>
    request(`${base}/_emulator/clock/advance`, { mode: 'no-cors', method: 'POST', body: '{"by":"1h"}' }),
  'fetch with the keys': (base) =>
    request(`${base}/_emulator/reset`, { method: 'POST', headers: { authorization: KEYS } }),
  'fetch of the records': (base) =>
    request(`${base}/api/links/`, { headers: { authorization: KEYS } }),
  'fetch with cookies': (base) => request(`${base}/api/links/`, { credentials: 'include' }),
};

/** The helpers of the attacks, as they stand in the page. */
const HELPERS = `
  const KEYS = ${JSON.stringify(AUTHORIZATION)};
  const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
  const request = (url, options) => fetch(url, options).then((answer) => answer.text(), () => 'blocked');
  const load = (name, url) => new Promise((resolve) => {
    const element = document.createElement(name);
    element.onload = element.onerror = () => resolve();
    if (name === 'link') element.rel = 'stylesheet';
    element[{ link: 'href', object: 'data' }[name] ?? 'src'] = url;
    document.body.append(element);
    setTimeout(resolve, 2000);
  });
  const submit = async (url, type, hasFields = true) => {
    const frame = document.createElement('iframe');
    frame.name = 'target';
    const form = document.createElement('form');
    Object.assign(form, { action: url, method: 'POST', enctype: type, target: 'target' });
    if (hasFields) form.innerHTML = '<input name="a" value="b">';
    document.body.append(frame, form);
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    form.submit();
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 1000))]);
    frame.remove();
  };
`;

/** Runs an attack in a page. Returns what the page could read, if it could. */
const attack = (page, name, base) =>
  page.evaluate(`(async () => { ${HELPERS}; return await (${ATTACKS[name]})(${JSON.stringify(base)}); })()`);

// `localhost` and `127.0.0.1` are different sites; two ports of a host are one site.
for (const [kind, host] of [['another site', 'localhost'], ['another port', '127.0.0.1']]) {
  test(`a page of ${kind} changes and reads nothing`, LIMIT, async () => {
    await withVictim([], async ({ port, victim }) => {
      for (const keys of ['', 'victim:secret@', 'stranger:new@']) {
        const page = await openPage(`http://${host}:${site.port}`);
        for (const name of Object.keys(ATTACKS)) {
          const read = await attack(page, name, `http://${keys}127.0.0.1:${port}`).catch(() => 'blocked');
          assert.ok([undefined, null, 'blocked', ''].includes(read), `${name} read ${read}`);
          assert.deepStrictEqual(await state(victim), UNCHANGED, `${name} with ${keys || 'no keys'}`);
        }
        await page.context().close();
      }
    });
  });
}

test('a navigation from another site with keys in its URL changes nothing and makes no account', LIMIT, async () => {
  await withVictim([], async ({ port, victim }) => {
    for (const path of ['/api/links/', '/_emulator/snapshot', '/_emulator/requests']) {
      for (const keys of ['victim:secret', 'stranger:new']) {
        const page = await openPage(`http://localhost:${site.port}`);
        await page.evaluate((url) => (location.href = url), `http://${keys}@127.0.0.1:${port}${path}`);
        await page.waitForURL(/127\.0\.0\.1/);
        assert.match(await page.content(), /cross_site_request/);
        await page.context().close();
      }
    }
    assert.deepStrictEqual(await state(victim), UNCHANGED);
  });
});

test('a name that was rebound to this machine reads nothing, with and without keys', LIMIT, async () => {
  await withVictim([], async ({ port, victim }) => {
    const origin = `http://shop.attacker.example:${port}`;
    const page = await browser.newPage();
    // The first answer comes from the attacker's server; after it the name leads to the emulator.
    await page.route(`${origin}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }));
    await page.goto(`${origin}/`);
    for (const path of ['/livez', '/_emulator/openapi.json', '/_emulator/snapshot', '/api/links/']) {
      for (const headers of [{}, { authorization: AUTHORIZATION }]) {
        for (const method of ['GET', 'POST']) {
          const [status, body] = await page.evaluate(
            async ([url, options]) => {
              const answer = await fetch(url, options);
              return [answer.status, await answer.text()];
            },
            [path, { method, headers }]
          );
          assert.strictEqual(status, 421, `${method} ${path}`);
          assert.match(body, /host_not_allowed/);
        }
      }
    }
    assert.deepStrictEqual(await state(victim), UNCHANGED);
    await page.close();
  });
});

test('a page that --cors names uses the API as a client does, and nothing else', LIMIT, async () => {
  const origin = `http://localhost:${site.port}`;
  await withVictim(['--cors', origin], async ({ port, victim }) => {
    const page = await openPage(origin);
    const call = (path, method, body) =>
      page.evaluate(
        async ([url, options]) => {
          try {
            const answer = await fetch(url, options);
            return [answer.status, await answer.json(), answer.headers.get('x-request-id')];
          } catch {
            return 'blocked';
          }
        },
        [
          `http://127.0.0.1:${port}${path}`,
          {
            method,
            headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
            body: body && JSON.stringify(body),
          },
        ]
      );
    const [status, link, requestId] = await call('/api/links/', 'POST', LINK);
    assert.strictEqual(status, 201);
    assert.match(requestId, /^[0-9a-f]{32}$/);
    assert.strictEqual((await call(`/api/links/${link.id}/`, 'GET'))[1].id, link.id);
    assert.strictEqual((await call('/api/links/', 'POST', {}))[0], 400);
    assert.strictEqual((await call('/api/links/', 'PUT', {}))[0], 405);
    assert.strictEqual((await call('/api/nope/', 'GET'))[0], 404);
    for (const path of ['/_emulator/clock', '/_emulator/openapi.json', '/livez']) {
      assert.strictEqual(await call(path, 'GET'), 'blocked', path);
    }
    await page.context().close();

    const other = await openPage(`http://127.0.0.1:${site.port}`);
    const read = await attack(other, 'fetch of the records', `http://127.0.0.1:${port}`);
    assert.strictEqual(read, 'blocked');
    assert.strictEqual((await state(victim)).links, 2);
    await other.context().close();
  });
});
