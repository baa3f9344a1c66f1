'use strict';

// Every kind of answer and webhook, parsed as a strict consumer parses it.

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { z } = require('zod');

const { CURP, INSTITUTION, createLink, useBelvo } = require('./belvo.js');
const models = require('./models.js');

const RESOURCES = ['CURRENT_EMPLOYMENTS', 'EMPLOYMENT_METRICS'];
const [IMSS, ISSSTE] = ['imss_mx_employment', 'issste_mx_employment'];
const PEOPLE = [
  CURP,
  'LONG700101MXXXXX00',
  'IDLE900101HXXXXX00',
  'RETI550101HXXXXX00',
  'GOVT850101MXXXXX00',
  'NONE000101MXXXXX00',
];
// The CURP, the event that it brings, and the days after which it is there.
const EVENTS = [
  [CURP, 'historical_update', 1],
  ['MOVE900101MXXXXX00', 'employment_changes', 90],
  ['GONE900101HXXXXX00', 'invalid_credentials', 8],
  ['MFAS900101HXXXXX00', 'token_required', 8],
];
const REFUSED = [
  ['POST', '/api/links/', {}],
  ['POST', '/api/links/', { institution: 'narnia', username: CURP }],
  ['POST', '/api/links/', { institution: INSTITUTION, username: 'FAIL400001HXXXXX00' }],
  ['POST', '/api/links/', { institution: INSTITUTION, username: 'FAIL428001HXXXXX00' }],
  ['POST', '/api/links/', { institution: ISSSTE, username: 'short' }],
  ['GET', '/api/links/nope/'],
  ['GET', '/api/nope/'],
  ['PUT', '/api/links/', {}],
  ['POST', '/api/token/', { id: 'someone' }],
  ['DELETE', '/api/token/'],
];

describe('strict models', () => {
  const belvo = useBelvo();

  /** An account of its own, and calls whose answers are what was sent, not what the SDK makes of it. */
  async function account() {
    const client = await belvo.connect();
    const { keyId, keyPassword } = client.links.session;
    const authorization = `Basic ${btoa(`${keyId}:${keyPassword}`)}`;
    const call = async (method, path, body, headers = {}) => {
      const answer = await fetch(belvo.url + path, {
        method,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: body && JSON.stringify(body),
      });
      return [answer.status, await answer.json()];
    };
    const parse = async (model, ...request) => {
      const [status, body] = await call(...request);
      assert.ok(status < 300, JSON.stringify(body));
      return model.parse(body);
    };
    return { client, call, parse };
  }

  it('fit links and their pages', async () => {
    const { client, parse } = await account();
    const { id } = await createLink(client, { external_id: 'user-1' });
    await createLink(client, { accessMode: 'single' });
    await parse(models.link, 'GET', `/api/links/${id}/`);
    await parse(models.link, 'PATCH', `/api/links/${id}/`, { stale_in: '7d' });
    await parse(models.link, 'PUT', `/api/links/${id}/`, { password: 'new' });
    const page = await parse(models.page(models.link), 'GET', '/api/links/?page_size=1');
    assert.ok(page.next);
  });

  it('fit institutions', async () => {
    const { parse } = await account();
    const { results } = await parse(models.page(models.institution), 'GET', '/api/institutions/');
    for (const institution of results) {
      const path = `/api/institutions/${institution.id}/`;
      assert.deepEqual(await parse(models.institution, 'GET', path), institution);
    }
  });

  for (const institution of [INSTITUTION, IMSS, ISSSTE]) {
    for (const curp of PEOPLE) {
      it(`fit the employment records of ${curp} at ${institution}`, async () => {
        const { client, parse } = await account();
        const link = await createLink(client, { curp, institution });
        const body = { link: link.id, attach_pdf: true };
        await parse(z.array(models.employmentRecord), 'POST', '/api/employment-records/', body);
        const list = `/api/employment-records/?link=${link.id}`;
        const { results } = await parse(models.page(models.employmentRecord), 'GET', list);
        for (const { id } of results) {
          await parse(models.employmentRecord, 'GET', `/api/employment-records/${id}/`);
        }
      });
    }
  }

  for (const curp of PEOPLE) {
    it(`fit the current employments of ${curp}`, async () => {
      const { client, parse } = await account();
      const link = await createLink(client, { curp, institution: IMSS });
      const path = '/api/mx/current-employments/';
      await parse(z.array(models.currentEmployment), 'POST', path, { link: link.id });
      await parse(models.page(models.currentEmployment), 'GET', path);
    });
  }

  for (const curp of PEOPLE.filter((one) => one !== 'NONE000101MXXXXX00')) {
    it(`fit the employment metrics of ${curp}`, async () => {
      const { client, parse, call } = await account();
      const link = await createLink(client, { curp, institution: IMSS });
      await call('POST', '/api/employment-records/', { link: link.id });
      const path = '/api/employment-metrics/';
      const metrics = await parse(models.employmentMetrics, 'POST', path, { link: link.id });
      const { results } = await parse(models.page(models.employmentMetrics), 'GET', path);
      assert.deepEqual(results, [metrics]);
    });
  }

  for (const institution of [INSTITUTION, IMSS, ISSSTE]) {
    for (const curp of PEOPLE) {
      it(`fit the owners of ${curp} at ${institution}`, async () => {
        const { client, parse } = await account();
        // A single link that names no resources loads nothing in the background, which would change
        // the owner between two reads.
        const person = { curp, institution, username2: 'ana@example.com' };
        const link = await createLink(client, { ...person, accessMode: 'single' });
        const owners = z.array(models.owner);
        const [owner] = await parse(owners, 'POST', '/api/owners/', { link: link.id });
        const { results } = await parse(models.page(models.owner), 'GET', '/api/owners/');
        assert.deepEqual(results, owner ? [owner] : []);
      });
    }
  }

  for (const [method, path, body] of REFUSED) {
    it(`fit the errors of ${method} ${path} ${JSON.stringify(body)}`, async () => {
      const { call } = await account();
      const [status, answer] = await call(method, path, body);
      assert.ok(status >= 400);
      const ids = models.problems.parse(answer).map((problem) => problem.request_id);
      assert.equal(new Set(ids).size, 1);
    });
  }

  it('fit tokens and their claims', async () => {
    const { client } = await account();
    const { id } = await createLink(client);
    for (const options of [{}, { link: id }]) {
      const pair = models.tokenPair.parse(await client.widgetToken.create(options));
      for (const token of Object.values(pair)) {
        const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
        assert.equal(models.tokenClaims.parse(claims).link?.id, options.link);
      }
    }
  });

  for (const [curp, code, days] of EVENTS) {
    it(`fit ${code}`, async () => {
      const { client, call } = await account();
      const link = await createLink(client, { curp });
      await call('POST', '/_emulator/clock/advance', { by: `${days}d` });
      const events = belvo.webhooks.arrived(link).map(({ event }) => models.webhooks.parse(event));
      assert.ok(events.some((event) => event.webhook_code === code));
    });
  }

  it('fit the webhooks of a deletion and of current employments', async () => {
    const { call, parse } = await account();
    const body = { institution: IMSS, username: CURP, fetch_resources: RESOURCES };
    const link = await parse(models.link, 'POST', '/api/links/', body);
    await belvo.webhooks.waitFor(link, 2);
    const path = `/api/links/${link.id}/`;
    const [status, answer] = await call('DELETE', path, undefined, {
      'x-belvo-request-mode': 'async',
    });
    assert.equal(status, 202);
    models.accepted.parse(answer);
    const deliveries = await belvo.webhooks.waitFor(link, 3);
    const codes = deliveries.map(({ event }) => models.webhooks.parse(event).webhook_code);
    assert.deepEqual(codes, ['historical_update', 'historical_update', 'link_deleted']);
  });

  it('are strict', async () => {
    const { client, parse } = await account();
    const { id } = await createLink(client);
    const link = await parse(models.link, 'GET', `/api/links/${id}/`);
    const { stale_in: _, ...shorter } = link;
    for (const wrong of [shorter, { ...link, new_key: null }, { ...link, status: 'fine' }]) {
      assert.throws(() => models.link.parse(wrong), z.ZodError);
    }
  });
});
