'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, INSTITUTION, createLink, ids, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const UNKNOWN = '5c09677e-cf78-41d4-9015-47252a0c4e77';

describe('widget tokens', () => {
  const belvo = useBelvo();

  it('let the widget make one link', async () => {
    const client = await belvo.connect();
    const { access } = await client.widgetToken.create();
    const call = (path, body) =>
      fetch(`${belvo.url}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      });
    const login = { institution: INSTITUTION, username: CURP };

    const institutions = await call('/api/institutions/');
    assert.equal((await institutions.json()).count, 3);
    const made = await call('/api/links/', login);

    assert.equal(made.status, 201);
    assert.deepEqual(ids(await client.links.list()), [(await made.json()).id]);
    assert.equal((await call('/api/links/', login)).status, 401);
  });

  it('say whose they are', async () => {
    const client = await belvo.connect();
    const link = await createLink(client);
    const widget = { branding: { company_name: 'Acme' } };
    const tokens = await client.widgetToken.create({ link: link.id, widget });
    assert.deepEqual(Object.keys(tokens), ['access', 'refresh']);
    for (const [kind, token] of Object.entries(tokens)) {
      const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
      assert.equal(claims.token_type, kind);
      assert.equal(claims.exp - claims.iat, 1200);
      assert.equal(claims.user_id, link.created_by);
      assert.deepEqual(claims.scopes, ['read_institutions', 'write_links']);
      assert.equal(claims.api_url, belvo.url);
    }
  });

  it('are refused for an unknown link', async () => {
    const client = await belvo.connect();
    await assertRefused(client.widgetToken.create({ link: UNKNOWN }), 400, {
      code: 'does_not_exist',
      message: `Object with id=${UNKNOWN} does not exist.`,
      field: 'link_id',
    });
  });
});
