'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, OTHER_CURP, createLink, ids, useBelvo } = require('./belvo.js');
const { assertProblems, assertRefused } = require('./problems.js');

const RECORD_KEYS = [
  'collected_at',
  'created_at',
  'days_since_extraction',
  'employment_records',
  'employment_scores',
  'files',
  'id',
  'internal_identification',
  'link',
  'personal_data',
  'report_date',
  'salary_estimation',
  'social_security_summary',
];
const PERSONAL_DATA_KEYS = [
  'birth_date',
  'document_ids',
  'email',
  'entitlements',
  'first_name',
  'last_name',
  'official_name',
];
const ENTITLEMENTS_KEYS = [
  'entitled_to_company_benefits',
  'entitled_to_health_insurance',
  'status',
  'valid_until',
];
const SUMMARY_KEYS = ['weeks_contributed', 'weeks_redeemed', 'weeks_reinstated'];
const SPELL_KEYS = [
  'collected_at',
  'currency',
  'employer',
  'employer_id',
  'employment_status_updates',
  'end_date',
  'monthly_salary',
  'most_recent_base_salary',
  'start_date',
  'state',
  'weeks_employed',
];
const UPDATE_KEYS = ['base_salary', 'event', 'update_date'];
const SCORE_KEYS = ['period', 'score', 'version'];
const ESTIMATION_KEYS = ['base_salary_estimate', 'currency', 'employment_status_estimate'];

// CURP, its employment status, how many employers it had.
const LIVES = [
  ['LONG700101MXXXXX00', 'EMPLOYED', 12],
  ['IDLE900101HXXXXX00', 'UNEMPLOYED', 3],
  ['RETI550101HXXXXX00', 'RETIRED', 5],
];
const ISSSTE = [
  ['GOVT850101MXXXXX00', 'planet_mx_employment'],
  [OTHER_CURP, 'issste_mx_employment'],
];
const NOT_FOUND = { code: 'not_found', message: 'Not found.' };

describe('employment records', () => {
  const belvo = useBelvo();

  /** Creates a link; returns it with its records, which the webhook has announced. */
  async function load(client, options) {
    const link = await createLink(client, options);
    await belvo.webhooks.waitFor(link);
    const records = await client.employmentRecords.list({ filters: { link: link.id } });
    return { link, records };
  }

  async function loadRecord(client, options) {
    const { records } = await load(client, options);
    assert.equal(records.length, 1);
    return records[0];
  }

  it('have the documented keys and no others', async () => {
    const record = await loadRecord(await belvo.connect());
    assertKeys(record, RECORD_KEYS);
    assertKeys(record.personal_data, PERSONAL_DATA_KEYS);
    assertKeys(record.personal_data.entitlements, ENTITLEMENTS_KEYS);
    assertKeys(record.social_security_summary, SUMMARY_KEYS);
    assertKeys(record.salary_estimation, ESTIMATION_KEYS);
    for (const score of record.employment_scores) assertKeys(score, SCORE_KEYS);
    for (const spell of record.employment_records) {
      assertKeys(spell, SPELL_KEYS);
      for (const update of spell.employment_status_updates) assertKeys(update, UPDATE_KEYS);
    }
  });

  it('are about the person of the link', async () => {
    const record = await loadRecord(await belvo.connect(), { username2: 'worker@example.com' });
    const person = record.personal_data;
    assert.equal(record.internal_identification, CURP);
    assert.equal(documents(record).CURP, CURP);
    assert.equal(person.email, 'worker@example.com');
    assert.equal(person.official_name, `${person.first_name} ${person.last_name}`);
    assert.equal(record.days_since_extraction, 0);
    assert.ok(record.collected_at.startsWith(record.report_date));
  });

  it('have an NSS of eleven digits, of which the last checks the others', async () => {
    const nss = documents(await loadRecord(await belvo.connect())).NSS;
    assert.match(nss, /^[0-9]{11}$/);
    assert.ok(passesLuhn(nss), nss);
  });

  it('have the salary of a month that follows from that of a day', async () => {
    const record = await loadRecord(await belvo.connect());
    for (const spell of record.employment_records) {
      const { most_recent_base_salary: daily, monthly_salary: monthly } = spell;
      assert.ok(Math.abs(monthly - (daily * 365) / 12) < 0.00501, `${daily} ${monthly}`);
      assert.equal(monthly, Number(monthly.toFixed(2)));
      assert.equal(daily, spell.employment_status_updates.at(-1).base_salary);
      assert.equal(spell.currency, 'MXN');
    }
  });

  it('have weeks that add up', async () => {
    const record = await loadRecord(await belvo.connect());
    const weeks = record.employment_records.map((spell) => spell.weeks_employed);
    assert.ok(Math.min(...weeks) > 0);
    const sum = weeks.reduce((total, each) => total + each, 0);
    assert.equal(sum, record.social_security_summary.weeks_contributed);
  });

  it('show one job today for an employed person', async () => {
    const record = await loadRecord(await belvo.connect());
    const ends = record.employment_records.map((spell) => spell.end_date);
    const { entitlements } = record.personal_data;
    assert.equal(ends.indexOf(null), ends.length - 1);
    assert.equal(entitlements.status, 'EMPLOYED');
    assert.equal(entitlements.valid_until, null);
    assert.equal(record.salary_estimation.employment_status_estimate, 'EMPLOYED');
  });

  it('show one job after the other', async () => {
    const { employment_records: spells } = await loadRecord(await belvo.connect());
    for (const [number, following] of spells.slice(1).entries()) {
      const spell = spells[number];
      assert.ok(day(spell.start_date) < day(spell.end_date));
      assert.ok(day(spell.end_date) < day(following.start_date));
    }
  });

  it('begin each job with being hired', async () => {
    const record = await loadRecord(await belvo.connect());
    for (const spell of record.employment_records) {
      const updates = spell.employment_status_updates;
      assert.equal(updates[0].event, 'HIRED');
      assert.equal(updates[0].update_date, spell.start_date);
      const days = updates.map((update) => day(update.update_date));
      assert.deepEqual(
        days,
        [...days].sort((one, other) => one - other)
      );
    }
  });

  it('have scores for 3, 6 and 12 months', async () => {
    const { employment_scores: scores } = await loadRecord(await belvo.connect());
    assert.deepEqual(
      scores.map(({ period }) => period),
      [3, 6, 12]
    );
    assert.ok(scores.every(({ score }) => score >= 300 && score <= 900));
  });

  for (const [curp, status, employers] of LIVES) {
    it(`show ${curp} as ${status}`, async () => {
      const record = await loadRecord(await belvo.connect(), { curp });
      const spells = record.employment_records;
      assert.equal(record.internal_identification, curp);
      assert.equal(record.personal_data.entitlements.status, status);
      assert.equal(spells.length, employers);
      assert.equal(spells.at(-1).end_date === null, status === 'EMPLOYED');
    });
  }

  for (const [curp, institution] of ISSSTE) {
    it(`of ISSSTE have an RFC and no weeks: ${curp} at ${institution}`, async () => {
      const record = await loadRecord(await belvo.connect(), { curp, institution });
      assert.ok(documents(record).RFC.startsWith(curp.slice(0, 10)));
      assert.equal(documents(record).NSS, undefined);
      assert.equal(record.social_security_summary, null);
      assert.equal(record.employment_scores, null);
      assert.equal(record.salary_estimation, null);
      for (const spell of record.employment_records) {
        assert.equal(spell.employer_id, null);
        assert.match(spell.employer, /;/);
      }
    });
  }

  it('do not exist for a person without jobs', async () => {
    const { records } = await load(await belvo.connect(), { curp: 'NONE000101MXXXXX00' });
    assert.deepEqual(records, []);
  });

  it('are listed by link', async () => {
    const client = await belvo.connect();
    const one = await load(client, { curp: CURP });
    const other = await load(client, { curp: OTHER_CURP });
    assert.deepEqual(
      one.records.map(({ link }) => link),
      [one.link.id]
    );
    assert.deepEqual(
      other.records.map(({ link }) => link),
      [other.link.id]
    );
    const all = await client.employmentRecords.list();
    assert.deepEqual(ids(all), ids([...other.records, ...one.records]));
  });

  it('are none for an unknown link', async () => {
    const client = await belvo.connect();
    const filters = { link: '5c09677e-cf78-41d4-9015-47252a0c4e77' };
    assert.deepEqual(await client.employmentRecords.list({ filters }), []);
  });

  it('are not listed by something that is no link id', async () => {
    const client = await belvo.connect();
    const list = client.employmentRecords.list({ filters: { link: 'not-a-uuid' } });
    // For lists the SDK passes on the error of its HTTP library.
    await assert.rejects(list, ({ response }) => {
      assert.equal(response.status, 400);
      const message = 'not-a-uuid is not a valid UUID.';
      assertProblems(response.data, { code: 'invalid', message, field: 'link' });
      return true;
    });
  });

  it('are got by their id', async () => {
    const client = await belvo.connect();
    const record = await loadRecord(client);
    assert.deepEqual(await client.employmentRecords.detail(record.id), record);
  });

  it('are gone when they are deleted', async () => {
    const client = await belvo.connect();
    const { id, link } = await loadRecord(client);

    assert.equal(await client.employmentRecords.delete(id), true);

    await assertRefused(client.employmentRecords.detail(id), 404, NOT_FOUND);
    assert.equal(await client.employmentRecords.delete(id), false);
    assert.deepEqual(await client.employmentRecords.list({ filters: { link } }), []);
  });

  it('are gone when their link is deleted', async () => {
    const client = await belvo.connect();
    const { id, link } = await loadRecord(client);

    assert.equal(await client.links.delete(link), true);

    await assertRefused(client.employmentRecords.detail(id), 404, NOT_FOUND);
    assert.deepEqual(await client.employmentRecords.list(), []);
  });
});

function assertKeys(object, keys) {
  assert.deepEqual(Object.keys(object).sort(), keys);
}

function documents(record) {
  const pairs = record.personal_data.document_ids;
  return Object.fromEntries(pairs.map((each) => [each.document_type, each.document_number]));
}

function passesLuhn(number) {
  const digits = [...number].reverse().map(Number);
  const sum = digits.reduce((total, digit, place) => {
    const value = place % 2 === 1 ? 2 * digit : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function day(text) {
  return Date.parse(text);
}
