'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, OTHER_CURP, createLink, createLinks, ids, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const LINK_KEYS = [
  'access_mode',
  'created_at',
  'created_by',
  'credentials_storage',
  'external_id',
  'fetch_resources',
  'id',
  'institution',
  'institution_user_id',
  'last_accessed_at',
  'refresh_rate',
  'stale_in',
  'status',
];
const NOT_FOUND = { code: 'not_found', message: 'Not found.' };

// What each link is created with, and which links each filter finds, the newest first.
const LINKS = {
  single: { accessMode: 'single', externalId: 'user-1' },
  recurrent: { accessMode: 'recurrent', externalId: 'user-2' },
  imss: { institution: 'imss_mx_employment', externalId: 'user-1' },
  issste: { institution: 'issste_mx_employment' },
};
const FILTERS = [
  [{}, ['issste', 'imss', 'recurrent', 'single']],
  [{ institution: 'planet_mx_employment' }, ['recurrent', 'single']],
  [{ institution: 'imss_mx_employment' }, ['imss']],
  [{ external_id: 'user-1' }, ['imss', 'single']],
  [{ external_id: 'nobody' }, []],
  [{ access_mode: 'single' }, ['single']],
  [{ access_mode: 'recurrent' }, ['issste', 'imss', 'recurrent']],
  [{ external_id: 'user-1', access_mode: 'recurrent' }, ['imss']],
];

/** What the SDK asks for from now on: the path and how many objects are on the page. */
function notePages(client) {
  const pages = [];
  client.session.session.interceptors.response.use((response) => {
    pages.push([response.request.path, response.data.results.length]);
    return response;
  });
  return pages;
}

describe('links', () => {
  const belvo = useBelvo();

  it('have the documented keys and no others', async () => {
    const client = await belvo.connect();
    const link = await createLink(client, {
      externalId: 'user-1',
      username2: 'worker@example.com',
    });
    assert.deepEqual(Object.keys(link).sort(), LINK_KEYS);
  });

  it('are recurrent unless the client says otherwise', async () => {
    const link = await createLink(await belvo.connect(), { externalId: 'user-1' });
    assert.equal(link.institution, 'planet_mx_employment');
    assert.equal(link.status, 'valid');
    assert.equal(link.external_id, 'user-1');
    assert.deepEqual(link.fetch_resources, []);
    assert.equal(link.access_mode, 'recurrent');
    assert.equal(link.refresh_rate, '7d');
    assert.equal(link.credentials_storage, 'store');
  });

  it('are not refreshed when they are single', async () => {
    const link = await createLink(await belvo.connect(), { accessMode: 'single' });
    assert.equal(link.access_mode, 'single');
    assert.equal(link.refresh_rate, null);
    assert.equal(link.credentials_storage, '365d');
    assert.equal(link.external_id, null);
  });

  it('may leave options null', async () => {
    const nulls = { username2: null, password2: null, token: null, externalId: null };
    const link = await createLink(await belvo.connect(), { ...nulls, accessMode: null });
    assert.equal(link.external_id, null);
    assert.equal(link.access_mode, 'recurrent');
  });

  it('have the same institution_user_id for the same person', async () => {
    const client = await belvo.connect();
    const one = await createLink(client, { curp: CURP });
    const again = await createLink(client, { curp: CURP });
    const other = await createLink(client, { curp: OTHER_CURP });
    assert.equal(again.institution_user_id, one.institution_user_id);
    assert.notEqual(other.institution_user_id, one.institution_user_id);
  });

  it('are listed over several pages', async () => {
    const client = await belvo.connect();
    const created = await createLinks(client, 25);
    const pages = notePages(client);

    const listed = await client.links.list();

    assert.deepEqual(ids(listed), ids(created).reverse());
    assert.deepEqual(pages, [
      ['/api/links/', 10],
      ['/api/links/?page=2', 10],
      ['/api/links/?page=3', 5],
    ]);
  });

  it('are listed up to a limit, which is also the size of the page', async () => {
    const client = await belvo.connect();
    const created = await createLinks(client, 25);
    const pages = notePages(client);

    const listed = await client.links.list({ limit: 12 });

    assert.deepEqual(ids(listed), ids(created).reverse().slice(0, 12));
    assert.deepEqual(pages, [['/api/links/?page_size=12', 12]]);
  });

  it('are listed with a limit above the largest page', async () => {
    const client = await belvo.connect();
    const created = await createLinks(client, 12);
    const pages = notePages(client);

    const listed = await client.links.list({ limit: 5000 });

    assert.deepEqual(ids(listed), ids(created).reverse());
    assert.deepEqual(pages, [['/api/links/?page_size=5000', 12]]);
  });

  it('are listed over several pages when the limit is above the largest page', async () => {
    const client = await belvo.connect();
    const created = await createLinks(client, 1005, { accessMode: 'single' });
    const pages = notePages(client);

    const listed = await client.links.list({ limit: 1005 });

    assert.deepEqual(ids(listed), ids(created).reverse());
    assert.deepEqual(pages, [
      ['/api/links/?page_size=1005', 1000],
      ['/api/links/?page_size=1005&page=2', 5],
    ]);
  });

  it('are listed in pages of another size', async () => {
    const client = await belvo.connect();
    const created = await createLinks(client, 5);
    const pages = notePages(client);

    const listed = await client.links.list({ filters: { page_size: 3 } });

    assert.deepEqual(ids(listed), ids(created).reverse());
    assert.deepEqual(pages, [
      ['/api/links/?page_size=3', 3],
      ['/api/links/?page_size=3&page=2', 2],
    ]);
  });

  it('are filtered on every page', async () => {
    const client = await belvo.connect();
    const wanted = [];
    for (let pair = 0; pair < 5; pair += 1) {
      await createLink(client, { externalId: 'user-1' });
      wanted.push(await createLink(client, { externalId: 'user-2' }));
    }

    const filters = { external_id: 'user-2', page_size: 2 };
    const listed = await client.links.list({ filters });

    assert.deepEqual(ids(listed), ids(wanted).reverse());
  });

  for (const [filters, expected] of FILTERS) {
    it(`are filtered by ${JSON.stringify(filters)}`, async () => {
      const client = await belvo.connect();
      const names = new Map();
      for (const [name, options] of Object.entries(LINKS)) {
        names.set((await createLink(client, options)).id, name);
      }

      const listed = await client.links.list({ filters });

      assert.deepEqual(
        ids(listed).map((id) => names.get(id)),
        expected
      );
    });
  }

  it('are got by their id', async () => {
    const client = await belvo.connect();
    const link = await createLink(client, { accessMode: 'single' });
    assert.deepEqual(await client.links.detail(link.id), link);
  });

  it('are gone when they are deleted', async () => {
    const client = await belvo.connect();
    const [deleted, kept] = await createLinks(client, 2);

    assert.equal(await client.links.delete(deleted.id), true);

    await assertRefused(client.links.detail(deleted.id), 404, NOT_FOUND);
    assert.equal(await client.links.delete(deleted.id), false);
    assert.deepEqual(ids(await client.links.list()), [kept.id]);
  });

  for (const id of ['5c09677e-cf78-41d4-9015-47252a0c4e77', 'not-a-uuid']) {
    it(`are not found by ${id}`, async () => {
      const client = await belvo.connect();
      await assertRefused(client.links.detail(id), 404, NOT_FOUND);
      assert.equal(await client.links.delete(id), false);
    });
  }
});
