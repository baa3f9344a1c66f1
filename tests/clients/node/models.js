'use strict';

// Belvo's documented objects as a strict consumer models them: no key may be missing or unknown, so
// a test that parses an answer fails when its shape changes.

const { z } = require('zod');

const hex = z.string().regex(/^[0-9a-f]{32}$/);
const curp = z.string().regex(/^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$/);
const days = z.string().regex(/^[0-9]{1,3}d$/);
const storage = z.string().regex(/^(store|nostore|[0-9]{1,3}d)$/);
const resource = z.enum([
  'EMPLOYMENT_RECORDS',
  'OWNERS',
  'CURRENT_EMPLOYMENTS',
  'EMPLOYMENT_METRICS',
]);
const linkStatus = z.enum(['valid', 'invalid', 'unconfirmed', 'token_required']);
const instant = z.iso.datetime();
const date = z.iso.date();
const count = z.int().min(0);
const amount = z.number().min(0);
const text = z.string();

/** A page of a list. */
const page = (model) =>
  z.strictObject({
    count,
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(model),
  });

const link = z.strictObject({
  id: z.uuid(),
  institution: text.regex(/^[a-z]+_[a-z]{2}_[a-z]+$/),
  access_mode: z.enum(['single', 'recurrent']).nullable(),
  status: linkStatus,
  refresh_rate: z.enum(['6h', '12h', '24h', '7d', '30d']).nullable(),
  created_by: z.uuid(),
  last_accessed_at: instant.nullable(),
  external_id: text.min(3).max(256).nullable(),
  created_at: instant,
  institution_user_id: text.regex(/^[A-Za-z0-9=_-]{44}$/),
  credentials_storage: storage,
  stale_in: days.nullable(),
  fetch_resources: z.array(resource),
});

const institution = z.strictObject({
  id: z.int(),
  name: text,
  type: z.enum(['bank', 'fiscal', 'employment']),
  code: text,
  website: z.url().nullable(),
  display_name: text,
  country_code: z.literal('MX'),
  country_codes: z.tuple([z.literal('MX')]),
  primary_color: text.regex(/^#[0-9a-f]{6}$/),
  logo: z.url(),
  icon_logo: z.url(),
  text_logo: z.url(),
  form_fields: z.array(
    z.union([
      z.strictObject({
        name: text,
        type: text,
        label: text,
        validation: text,
        placeholder: text,
        validation_message: text,
      }),
      z.strictObject({ name: text, type: z.literal('hidden'), value: text }),
    ])
  ),
  features: z.tuple([]),
  integration_type: z.enum(['credentials', 'openfinance']),
  status: z.enum(['healthy', 'down']),
  resources: z.array(resource),
  openbanking_information: z.null(),
});

const documents = z.array(
  z.strictObject({
    document_type: z.enum(['NSS', 'CURP', 'RFC']).nullable(),
    document_number: text.nullable(),
  })
);
const holder = {
  official_name: text.nullable(),
  first_name: text.nullable(),
  last_name: text.nullable(),
  birth_date: date.nullable(),
  document_ids: documents,
};

const event = z.enum([
  'HIRED',
  'DISMISSED_RESIGNED',
  'SALARY_MODIFICATION',
  'VOLUNTARY_CONTRIBUTION',
  'ABSENCE',
  'SICK_LEAVE',
  'NORMAL',
  'BDUTA_CERTIFICATE',
  'DYE_CERTIFICATE',
]);

const spell = z.strictObject({
  collected_at: instant,
  employer: text,
  employer_id: text.nullable(),
  start_date: date,
  end_date: date.nullable(),
  weeks_employed: count,
  state: text.nullable(),
  most_recent_base_salary: amount,
  monthly_salary: amount,
  currency: z.literal('MXN'),
  employment_status_updates: z
    .array(z.strictObject({ event: event.nullable(), base_salary: amount, update_date: date }).nullable())
    .nullable(),
});

const employmentRecord = z.strictObject({
  id: z.uuid(),
  link: z.uuid().nullable(),
  created_at: instant,
  collected_at: instant,
  report_date: date,
  days_since_extraction: count,
  internal_identification: curp,
  personal_data: z.strictObject({
    ...holder,
    email: text.nullable(),
    entitlements: z.strictObject({
      entitled_to_health_insurance: z.boolean(),
      entitled_to_company_benefits: z.boolean(),
      valid_until: date.nullable(),
      status: z.enum(['EMPLOYED', 'UNEMPLOYED', 'RETIRED']).nullable(),
    }),
  }),
  social_security_summary: z
    .strictObject({
      weeks_redeemed: count.nullable(),
      weeks_reinstated: count.nullable(),
      weeks_contributed: count.nullable(),
    })
    .nullable(),
  employment_records: z.array(spell),
  employment_scores: z
    .array(
      z.strictObject({
        score: z.int().min(300).max(900).nullable(),
        period: z.literal([3, 6, 12]),
        version: text,
      })
    )
    .nullable(),
  salary_estimation: z
    .strictObject({
      employment_status_estimate: z.enum(['EMPLOYED', 'UNEMPLOYED']).nullable(),
      base_salary_estimate: amount.nullable(),
      currency: z.literal('MXN'),
    })
    .nullable(),
  files: z.array(z.strictObject({ type: text, value: text.nullable() })).nullable(),
});

const currentEmployment = z.strictObject({
  id: z.uuid(),
  link: z.uuid().nullable(),
  created_at: instant,
  collected_at: instant,
  month: text.regex(/^[0-9]{4}-[0-9]{2}$/).nullable(),
  internal_identification: curp.nullable(),
  personal_data: z.strictObject(holder),
  status: z.enum(['EMPLOYED', 'UNEMPLOYED']),
  current_employment_records: z
    .array(
      z.strictObject({
        employer: text,
        employer_id: text,
        employer_rfc: text,
        state: text,
        days_employed: count,
        base_salary: amount.nullable(),
        monthly_salary: amount.nullable(),
      })
    )
    .min(1)
    .nullable(),
});

const owner = z.strictObject({
  id: z.uuid(),
  link: z.uuid().nullable(),
  created_at: instant,
  collected_at: instant,
  internal_identification: curp.nullable(),
  display_name: text.max(128).nullable(),
  email: z.email().nullable(),
  phone_number: text.nullable(),
  address: text.nullable(),
  document_id: documents.element,
  business_name: z.null(),
  first_name: z.null(),
  last_name: z.null(),
  second_last_name: z.null(),
});

const figures = {
  current_employer_count: count,
  employer_count: count,
  unique_employer_count: count,
  base_salary_last: amount,
  employers_per_year: amount,
};
for (const key of [
  'weeks_employed_last_job',
  'weeks_since_last_job',
  'weeks_employed_total',
  'weeks_with_multiple_employers',
  'weeks_between_jobs',
  'max_weeks_between_jobs',
]) {
  figures[key] = z.number().min(0);
}
for (const period of ['last_job', 'after_change', 'overall', '1y', '3y', '5y']) {
  figures[`increases_${period}`] = count;
  figures[`decreases_${period}`] = count;
}
for (const years of ['1y', '3y', '5y']) {
  figures[`yearly_change_${years}`] = z.number();
  for (const kind of ['min', 'average', 'max']) figures[`${kind}_monthly_salary_${years}`] = amount;
}

const employmentMetrics = z.strictObject({
  id: z.uuid(),
  link: z.uuid().nullable(),
  collected_at: instant,
  created_at: instant,
  updated_at: instant.nullable(),
  reference_date: date.nullable(),
  age: count,
  current_status: z.enum(['EMPLOYED', 'UNEMPLOYED', 'RETIRED']).nullable(),
  ...Object.fromEntries(Object.entries(figures).map(([key, model]) => [key, model.nullable()])),
});

const tokenPair = z.strictObject({ access: z.jwt({ alg: 'HS512' }), refresh: z.jwt({ alg: 'HS512' }) });
const host = text.regex(/^[^/]+$/);
const tokenClaims = z.strictObject({
  token_type: z.enum(['access', 'refresh']),
  exp: z.int(),
  iat: z.int(),
  jti: hex,
  user_id: z.uuid(),
  organization_name: text,
  organization_id: z.uuid(),
  scopes: z.array(text),
  environment: z.literal('sandbox'),
  api_url: host,
  credentials_storage: storage.nullable(),
  stale_in: days.nullable(),
  fetch_resources: z.array(text),
  link: z.strictObject({ id: z.uuid(), status: linkStatus, institution: text }).optional(),
  iss: host,
});

const problem = { code: text, message: text, request_id: hex };
const problems = z
  .array(
    z.union([
      z.strictObject({
        ...problem,
        code: z.literal('token_required'),
        session: hex,
        expiry: z.int(),
        link: z.uuid(),
        token_generation_data: z
          .strictObject({
            instructions: text,
            type: text,
            value: text.nullable(),
            expects_user_input: z.boolean(),
          })
          .nullable(),
      }),
      z.strictObject({ ...problem, code: z.literal('duplicated'), institution_user_id: text }),
      z.strictObject({ ...problem, field: text.optional() }),
    ])
  )
  .min(1);

const webhook = (type, process, code, data) =>
  z.strictObject({
    webhook_id: hex,
    webhook_type: z.literal(type),
    process_type: z.literal(process),
    webhook_code: z.literal(code),
    link_id: z.uuid(),
    request_id: z.uuid(),
    external_id: text.nullable(),
    data: z.strictObject(data),
  });

const linkError = { error_code: text, error_message: text, status: z.int() };
const webhooks = z.union([
  webhook('EMPLOYMENT_RECORDS', 'historical_update', 'historical_update', {
    total_employment_record_profiles: count,
  }),
  webhook('EMPLOYMENT_RECORDS', 'recurrent_update', 'employment_changes', {
    employment_changes: z.array(text).min(1),
  }),
  webhook('CURRENT_EMPLOYMENTS', 'historical_update', 'historical_update', {
    total_current_employments: count,
  }),
  webhook('EMPLOYMENT_METRICS', 'historical_update', 'historical_update', {
    total_employment_metrics: count,
  }),
  webhook('OWNERS', 'historical_update', 'historical_update', { total_owners: count }),
  webhook('LINK', 'recurrent_update', 'invalid_credentials', linkError),
  webhook('LINK', 'recurrent_update', 'token_required', linkError),
  webhook('LINK', 'recurrent_update', 'link_deleted', {}),
]);

module.exports = {
  accepted: z.strictObject({ request_id: hex }),
  currentEmployment,
  employmentMetrics,
  employmentRecord,
  institution,
  link,
  owner,
  page,
  problems,
  tokenClaims,
  tokenPair,
  webhooks,
};
