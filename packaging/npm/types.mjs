// types.mjs OPENAPI_JSON: prints the TypeScript types of the control calls that the package's methods make, from
// the emulator's description of itself. `packaging/npm/types` runs it.

import { readFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

/** The name of a type, and the operation whose body, query or answer it is. */
const BODIES = {
  AdvanceBody: 'AdvanceClock',
  ArmBody: 'Arm',
  AwaitBody: 'AwaitWebhook',
  EndpointBody: 'SetEndpoint',
  FaultBody: 'AddFault',
  VerifyBody: 'VerifyRequests',
};
const QUERIES = {
  DeliveriesQuery: 'ListDeliveries',
  RequestsQuery: 'ListRequests',
  ScheduledQuery: 'ListScheduled',
};
const ANSWERS = {
  AdvanceAnswer: 'AdvanceClock',
  ArmAnswer: 'Arm',
  AwaitAnswer: 'AwaitWebhook',
  DeliveriesAnswer: 'ListDeliveries',
  EndpointAnswer: 'SetEndpoint',
  FaultAnswer: 'AddFault',
  RequestsAnswer: 'ListRequests',
  ResetAnswer: 'Reset',
  RestoreAnswer: 'RestoreSnapshot',
  ScheduledAnswer: 'ListScheduled',
  VerifyAnswer: 'VerifyRequests',
};

const description = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const operations = new Map(
  Object.values(description.paths)
    .flatMap((item) => Object.values(item))
    .map((operation) => [operation.operationId, operation])
);

function operation(name) {
  if (!operations.has(name)) throw new Error(`the description has no operation ${name}`);
  return operations.get(name);
}

function bodyOf(name) {
  return operation(name).requestBody.content['application/json'].schema;
}

function queryOf(name) {
  const parameters = operation(name).parameters.filter((one) => one.in === 'query');
  const described = parameters.map((one) => [one.name, { description: one.description, ...one.schema }]);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(described) };
}

function answerOf(name) {
  const { responses } = operation(name);
  return (responses[200] ?? responses[201]).content['application/json'].schema;
}

/** Adds each schema that another one names. */
function addNamed(value, schemas) {
  if (value === null || typeof value !== 'object') return;
  const name = typeof value.$ref === 'string' && value.$ref.split('/').pop();
  if (name && !(name in schemas)) {
    schemas[name] = description.components.schemas[name];
    addNamed(schemas[name], schemas);
  }
  Object.values(value).forEach((inner) => addNamed(inner, schemas));
}

const chosen = Object.fromEntries([
  ...Object.entries(BODIES).map(([type, name]) => [type, bodyOf(name)]),
  ...Object.entries(QUERIES).map(([type, name]) => [type, queryOf(name)]),
  ...Object.entries(ANSWERS).map(([type, name]) => [type, answerOf(name)]),
]);
const schemas = { ...chosen };
addNamed(chosen, schemas);
const document = { openapi: description.openapi, info: description.info, paths: {}, components: { schemas } };

const types = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
const start = types.indexOf('export interface components');
const end = types.indexOf('export type $defs');
console.log('// Written by packaging/npm/types from the description of the emulator: do not edit.\n');
console.log(types.slice(start, end).trim());
