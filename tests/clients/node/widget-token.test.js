'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, INSTITUTION, createLink, ids, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const UNKNOWN = '5c09677e-cf78-41d4-9015-47252a0c4e77';
const UPDATE = 'read_institutions,write_links,read_links';
const LOGIN = { institution: INSTITUTION, username: CURP };
// The link of this CURP works at first; its later logins are refused.
const REFUSED_LATER = 'GONE900101HXXXXX00';

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

describe('widget tokens', () => {
  const belvo = useBelvo();

  /** The browser of the person: calls with the access token of a pair. */
  const widget = ({ access }, method, path, body) =>
    fetch(`${belvo.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });

  it('let the widget make one link', async () => {
    const client = await belvo.connect();
    const pair = await client.widgetToken.create();

    const institutions = await widget(pair, 'GET', '/api/institutions/');
    assert.equal((await institutions.json()).count, 3);
    assert.equal((await widget(pair, 'GET', '/api/links/')).status, 403);
    const made = await widget(pair, 'POST', '/api/links/', LOGIN);

    assert.equal(made.status, 201);
    const link = await made.json();
    assert.deepEqual(ids(await client.links.list()), [link.id]);
    assert.equal((await widget(pair, 'POST', '/api/links/', LOGIN)).status, 401);
    await belvo.webhooks.waitFor(link);
  });

  it('say whose they are', async () => {
    const client = await belvo.connect();
    const link = await createLink(client);
    const branding = { branding: { company_name: 'Acme' } };
    const options = { link: link.id, scopes: UPDATE, widget: branding };
    const tokens = await client.widgetToken.create(options);
    assert.deepEqual(Object.keys(tokens), ['access', 'refresh']);
    for (const [kind, lives] of [['access', 1200], ['refresh', 622_080_000]]) {
      const claims = claimsOf(tokens[kind]);
      assert.equal(claims.token_type, kind);
      assert.equal(claims.exp - claims.iat, lives);
      assert.equal(claims.user_id, link.created_by);
      assert.deepEqual(claims.scopes, UPDATE.split(','));
      assert.equal(`http://${claims.api_url}`, belvo.url);
      const { id, status, institution } = link;
      assert.deepEqual(claims.link, { id, status, institution });
    }
  });

  it('mend their link in update mode, and reach no other', async () => {
    const client = await belvo.connect();
    const broken = await createLink(client, { curp: REFUSED_LATER });
    const other = await createLink(client);
    await belvo.webhooks.waitFor(broken);
    for (let retrieval = 0; retrieval < 6; retrieval += 1) {
      await assert.rejects(client.employmentRecords.retrieve(broken.id));
    }
    assert.equal((await client.links.detail(broken.id)).status, 'invalid');
    // This method sends the keys in the header alone.
    const pair = await client.links.token(broken.id, UPDATE);

    const shown = await widget(pair, 'GET', `/api/links/${broken.id}/`);
    assert.equal((await shown.json()).status, 'invalid');
    for (const method of ['GET', 'PUT']) {
      const body = method === 'PUT' ? {} : undefined;
      assert.equal((await widget(pair, method, `/api/links/${other.id}/`, body)).status, 404);
    }
    assert.equal((await widget(pair, 'POST', '/api/links/', LOGIN)).status, 403);
    const mended = await widget(pair, 'PUT', `/api/links/${broken.id}/`, { password: 'new' });

    assert.equal((await mended.json()).status, 'valid');
    assert.equal((await belvo.webhooks.waitFor(broken, 2)).length, 2);
  });

  it('are refused for an unknown link', async () => {
    const client = await belvo.connect();
    const unknown = {
      code: 'does_not_exist',
      message: `Object with id=${UNKNOWN} does not exist.`,
      field: 'link_id',
    };
    await assertRefused(client.widgetToken.create({ link: UNKNOWN }), 400, unknown);
    await assertRefused(client.links.token(UNKNOWN, UPDATE), 400, unknown);
  });
});
