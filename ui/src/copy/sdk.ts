// A request as Belvo's SDKs make it. What they have no method for goes through their session.

import { keys } from '../api';
import type { Row } from '../state/rows';
import type { Json, Recorded } from '../types';
import { entryPath } from './entry';

type Body = { [key: string]: Json };

const object = (value: Json): Body => (value && typeof value === 'object' && !Array.isArray(value) ? value : {});

function pairOfKeys(): [string, string] {
  const { id = 'my-id', password = 'my-password' } = keys.value ?? {};
  return [JSON.stringify(id), JSON.stringify(password)];
}

/** The segment of a path such as `/api/links/{id}/`. */
const idOf = (request: Recorded): string => JSON.stringify(request.path.split('/')[3] ?? '');

function python(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${python(inner)}`).join(', ')}}`;
}

function pythonKeywords(body: Body, without: readonly string[]): string {
  const others = Object.entries(body).filter(([key]) => !without.includes(key));
  return others.map(([key, value]) => `, ${key}=${python(value)}`).join('');
}

function pythonCall(request: Recorded): string {
  const body = object(request.body);
  const text = (key: string) => python(body[key] ?? '');
  const filters = pythonKeywords(request.query, []).slice(2);
  switch (request.operation) {
    case 'RegisterLink':
      // The SDK sends these keys alone.
      return `client.Links.create(${text('institution')}, ${text('username')}, ${text('password')}${pythonKeywords(body, ['institution', 'username', 'password', 'fetch_resources'])})`;
    case 'ListLinks':
      return `list(client.Links.list(${filters}))`;
    case 'DetailLink':
      return `client.Links.get(${idOf(request)})`;
    case 'DestroyLink':
      return `client.Links.delete(${idOf(request)})`;
    case 'ListEmploymentRecords':
      return `list(client.EmploymentRecords.list(${filters}))`;
    case 'RetrieveEmploymentRecords':
      return `client.EmploymentRecords.create(${text('link')}${pythonKeywords(body, ['link'])})`;
    case 'DetailEmploymentRecord':
      return `client.EmploymentRecords.get(${idOf(request)})`;
    case 'ListInstitutions':
      return `list(client.Institutions.list(${filters}))`;
    default: {
      const method = request.method.toLowerCase();
      const sent = request.body === null ? '' : `, json=${python(request.body)}`;
      return `client.session.session.${method}(URL + ${JSON.stringify(request.path)}${sent})`;
    }
  }
}

export function pythonSdk(row: Row, base: string): string {
  const [id, password] = pairOfKeys();
  const head = ['from belvo.client import Client', '', `URL = ${JSON.stringify(base.replace(/\/$/, ''))}`, `client = Client(${id}, ${password}, URL)`];
  switch (row.kind) {
    case 'request':
      return [...head, `answer = ${pythonCall(row.request)}`].join('\n');
    case 'change':
    case 'fault':
      return [...head, `answer = client.session.session.get(URL + ${JSON.stringify(entryPath(row.entry))})`].join('\n');
    default:
      return [...head, `webhook = client.session.post("/_emulator/webhooks/await", ${python(awaited(row))})`].join('\n');
  }
}

/** The body that waits for the webhook of a row. */
function awaited(row: Row): Body {
  const body: Body = row.link ? { link: row.link } : {};
  if (row.kind === 'webhook') body['webhook_code'] = row.delivery.webhook_code;
  return body;
}

function nodeCall(request: Recorded): string {
  const body = object(request.body);
  const text = (key: string) => JSON.stringify(body[key] ?? '');
  const filters = Object.keys(request.query).length > 0 ? `{ filters: ${JSON.stringify(request.query)} }` : '';
  switch (request.operation) {
    case 'RegisterLink': {
      const options = Object.fromEntries(
        Object.entries({ externalId: body['external_id'], accessMode: body['access_mode'], username2: body['username2'] }).filter(
          ([, value]) => value !== undefined,
        ),
      );
      const rest = Object.keys(options).length > 0 ? `, ${JSON.stringify(options)}` : '';
      return `client.links.register(${text('institution')}, ${text('username')}, ${text('password')}${rest})`;
    }
    case 'ListLinks':
      return `client.links.list(${filters})`;
    case 'DetailLink':
      return `client.links.detail(${idOf(request)})`;
    case 'DestroyLink':
      return `client.links.delete(${idOf(request)})`;
    case 'ListEmploymentRecords':
      return `client.employmentRecords.list(${filters})`;
    case 'RetrieveEmploymentRecords':
      return `client.employmentRecords.retrieve(${text('link')})`;
    case 'DetailEmploymentRecord':
      return `client.employmentRecords.detail(${idOf(request)})`;
    case 'ListInstitutions':
      return `client.institutions.list(${filters})`;
    default: {
      const sent = request.body === null ? '' : `, ${JSON.stringify(request.body)}`;
      return `client.session.session.${request.method.toLowerCase()}(${JSON.stringify(request.path)}${sent})`;
    }
  }
}

export function nodeSdk(row: Row, base: string): string {
  const [id, password] = pairOfKeys();
  const head = ["const belvo = require('belvo').default;", '', `const client = new belvo(${id}, ${password}, ${JSON.stringify(base.replace(/\/$/, ''))});`, 'await client.connect();'];
  return [...head, `const answer = await ${nodeCallOf(row)};`].join('\n');
}

function nodeCallOf(row: Row): string {
  switch (row.kind) {
    case 'request':
      return nodeCall(row.request);
    case 'change':
    case 'fault':
      return `client.session.session.get(${JSON.stringify(entryPath(row.entry))})`;
    default:
      return `client.session.post('/_emulator/webhooks/await', ${JSON.stringify(awaited(row))})`;
  }
}
