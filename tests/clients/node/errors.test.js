'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { CURP, INSTITUTION, OTHER_CURP, createLink, createLinks, useBelvo } = require('./belvo.js');
const { assertRefused } = require('./problems.js');

const EMAIL = 'worker@example.com';

// The ten errors that Belvo documents for IMSS, two of them with two kinds of CURP. `after` holds
// the CURPs, with the same e-mail address, whose logins work before.
const IMSS_REFUSALS = [
  {
    name: 'NSS and CURP differ',
    curp: 'FAIL400001HXXXXX00',
    status: 400,
    code: 'invalid_credentials',
    message: 'El NSS capturado no coincide con la CURP',
  },
  {
    name: 'NSS not found',
    curp: 'FAIL400002HXXXXX00',
    status: 400,
    code: 'login_error',
    message: 'El NSS no fue localizado en el IMSS',
  },
  {
    name: 'CURP not in RENAPO',
    curp: 'FAIL400003HXXXXX00',
    status: 400,
    code: 'login_error',
    message: 'El CURP proporcionado no fue localizado en la entidad externa RENAPO',
  },
  {
    name: 'CURP in lower case',
    curp: 'blpm951331ionvgr54',
    status: 400,
    code: 'login_error',
    message: 'CURP es incorrecto',
  },
  {
    name: 'CURP with a letter among the digits',
    curp: 'BLPM95I331IONVGR54',
    status: 400,
    code: 'login_error',
    message: 'CURP es incorrecto',
  },
  {
    name: 'CURP too short',
    curp: 'BLPM951331IONVGR5',
    status: 400,
    code: 'login_error',
    message: 'Por favor, ingresa un CURP válido. Debe contener 18 caracteres',
  },
  {
    name: 'CURP too long',
    curp: 'BLPM951331IONVGR541',
    status: 400,
    code: 'login_error',
    message: 'Por favor, ingresa un CURP válido. Debe contener 18 caracteres',
  },
  {
    name: 'person without NSS',
    curp: 'FAIL400006HXXXXX00',
    status: 400,
    code: 'login_error',
    message: 'La persona no cuenta con NSS',
  },
  {
    name: 'data mismatch',
    curp: 'FAIL400007HXXXXX00',
    status: 400,
    code: 'login_error',
    message:
      'Los datos registrados en el IMSS asociados a la CURP, presentan alguna inconsistencia, ' +
      'por favor acude a tu Subdelegación para obtener tu Número de Seguridad Social.',
  },
  {
    name: 'office visit',
    curp: 'FAIL400008HXXXXX00',
    status: 400,
    code: 'login_error',
    message:
      'Es necesario que acudas a la subdelegación más cercana a tu domicilio a presentar tu ' +
      'trámite',
  },
  {
    name: 'e-mail of another CURP',
    curp: OTHER_CURP,
    email: EMAIL,
    after: [CURP],
    status: 400,
    code: 'login_error',
    message: 'El correo ya está registrado con otro CURP',
  },
  {
    name: 'fourth login of the day',
    curp: 'FAIL403001HXXXXX00',
    after: Array(3).fill('FAIL403001HXXXXX00'),
    status: 403,
    code: 'forbidden_by_host',
    message: 'Has agotado el número de solicitudes permitidas por día.',
  },
];

const OTHER_REFUSALS = [
  {
    name: 'institution down',
    curp: 'FAIL400011HXXXXX00',
    status: 400,
    code: 'institution_down',
    message: 'The financial institution is down, try again later',
  },
  {
    name: 'institution unavailable',
    curp: 'FAIL400012HXXXXX00',
    status: 400,
    code: 'institution_unavailable',
    message: 'The financial institution is unavailable',
  },
  {
    name: 'institution inactive',
    curp: 'FAIL400013HXXXXX00',
    status: 400,
    code: 'institution_inactive',
    message: 'The institution has been temporarily deactivated',
  },
  {
    name: 'unavailable data',
    curp: 'FAIL400014HXXXXX00',
    status: 400,
    code: 'unavailable_data',
    message: 'The institution did not return any data for the request.',
  },
  {
    name: 'too many sessions',
    curp: 'FAIL400015HXXXXX00',
    status: 400,
    code: 'too_many_sessions',
    message:
      'Impossible to login, a session is already opened with the institution for these ' +
      'credentials',
  },
  {
    name: 'access denied',
    curp: 'FAIL403002HXXXXX00',
    status: 403,
    code: 'access_to_resource_denied',
    message: "You don't have access to this resource.",
  },
  {
    name: 'request timeout',
    curp: 'FAIL408001HXXXXX00',
    status: 408,
    code: 'request_timeout',
    message:
      'The request timed out, you can retry asking for less data by changing your query ' +
      'parameters',
  },
  {
    name: 'unexpected error',
    curp: 'FAIL500001HXXXXX00',
    status: 500,
    code: 'unexpected_error',
    message:
      'Belvo is unable to process the request due to an internal system issue or to an ' +
      'unsupported response from an institution',
  },
  {
    name: 'service unavailable',
    curp: 'FAIL500002HXXXXX00',
    status: 500,
    code: 'service_unavailable',
    message:
      'Belvo is unable to process the request due to an internal system issue or to an ' +
      'unsupported response from an institution',
  },
];

const REQUIRED = { code: 'required', message: 'This field is required.' };
const NULL = { code: 'null', message: 'This field may not be null.' };
const BLANK = { code: 'blank', message: 'This field may not be blank.' };

// Institution, CURP, options, and the problems that the client is told.
const BAD_REQUESTS = {
  'no institution': [undefined, CURP, {}, [{ ...REQUIRED, field: 'institution' }]],
  'no username': [INSTITUTION, undefined, {}, [{ ...REQUIRED, field: 'username' }]],
  'neither institution nor username': [
    undefined,
    undefined,
    {},
    [
      { ...REQUIRED, field: 'institution' },
      { ...REQUIRED, field: 'username' },
    ],
  ],
  'a null institution': [null, CURP, {}, [{ ...NULL, field: 'institution' }]],
  'a null username': [INSTITUTION, null, {}, [{ ...NULL, field: 'username' }]],
  'a blank institution': ['', CURP, {}, [{ ...BLANK, field: 'institution' }]],
  'a blank username': [INSTITUTION, '', {}, [{ ...BLANK, field: 'username' }]],
  'an unknown institution': [
    'narnia',
    CURP,
    {},
    [
      {
        code: 'does_not_exist',
        message: 'Object with name=narnia does not exist.',
        field: 'institution',
      },
    ],
  ],
  'an unknown access mode': [
    INSTITUTION,
    CURP,
    { accessMode: 'Australia' },
    [
      {
        code: 'invalid_choice',
        message: '"Australia" is not a valid choice.',
        field: 'access_mode',
      },
    ],
  ],
  'a short external id': [
    INSTITUTION,
    CURP,
    { externalId: 'ab' },
    [
      {
        code: 'min_length',
        message: 'Ensure this field has at least 3 characters.',
        field: 'external_id',
      },
    ],
  ],
  'a long external id': [
    INSTITUTION,
    CURP,
    { externalId: 'a'.repeat(257) },
    [
      {
        code: 'max_length',
        message: 'Ensure this field has no more than 256 characters.',
        field: 'external_id',
      },
    ],
  ],
};

describe('errors', () => {
  const belvo = useBelvo();

  for (const refusal of [...IMSS_REFUSALS, ...OTHER_REFUSALS]) {
    it(`of a login: ${refusal.name}`, async () => {
      const { curp, email: username2, after = [], status, code, message } = refusal;
      const client = await belvo.connect();
      for (const earlier of after) await createLink(client, { curp: earlier, username2 });

      await assertRefused(createLink(client, { curp, username2 }), status, { code, message });

      assert.equal((await client.links.list()).length, after.length);
    });
  }

  for (const [name, [institution, curp, options, problems]] of Object.entries(BAD_REQUESTS)) {
    it(`of a bad request: ${name}`, async () => {
      const client = await belvo.connect();
      const request = client.links.register(institution, curp, '', options);
      await assertRefused(request, 400, ...problems);
    });
  }

  it('do not meet the same person with the same e-mail again', async () => {
    const client = await belvo.connect();
    await createLinks(client, 2, { username2: EMAIL });
    assert.equal((await client.links.list()).length, 2);
  });

  it('do not meet another person when the link with the e-mail is deleted', async () => {
    const client = await belvo.connect();
    const link = await createLink(client, { curp: CURP, username2: EMAIL });
    assert.equal(await client.links.delete(link.id), true);
    await createLink(client, { curp: OTHER_CURP, username2: EMAIL });
  });

  it('have a request id of their own', async () => {
    const client = await belvo.connect();
    const refuse = () =>
      assertRefused(createLink(client, { curp: 'FAIL400001HXXXXX00' }), 400, {
        code: 'invalid_credentials',
        message: 'El NSS capturado no coincide con la CURP',
      });
    const requestIds = [await refuse(), await refuse(), await refuse()];
    assert.equal(new Set(requestIds).size, 3);
  });
});
