'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { useBelvo } = require('./belvo.js');

const [PLANET, IMSS, ISSSTE] = [
  'planet_mx_employment',
  'imss_mx_employment',
  'issste_mx_employment',
];
// Which institutions each filter finds.
const FILTERS = [
  [{}, [IMSS, ISSSTE, PLANET]],
  [{ name__in: `${IMSS},${ISSSTE}` }, [IMSS, ISSSTE]],
  [{ display_name: 'planet' }, [PLANET]],
  [{ resources__allin: 'EMPLOYMENT_RECORDS,CURRENT_EMPLOYMENTS' }, [IMSS]],
  [{ country_code: 'BR' }, []],
  [{ type: 'employment', page_size: 1 }, [IMSS, ISSSTE, PLANET]],
];

describe('institutions', () => {
  const belvo = useBelvo();

  for (const [filters, names] of FILTERS) {
    it(`are listed by ${JSON.stringify(filters)}`, async () => {
      const client = await belvo.connect();
      const found = await client.institutions.list({ filters });
      assert.deepEqual(
        found.map(({ name }) => name),
        names
      );
    });
  }

  it('have a form', async () => {
    const client = await belvo.connect();
    const planet = await client.institutions.detail(9454);
    assert.equal(planet.name, PLANET);
    assert.deepEqual(
      planet.form_fields.map(({ name }) => name),
      ['username', 'password']
    );
  });
});
