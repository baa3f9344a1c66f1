// CURPs, every error, and snippets with the address and the keys of this emulator.

import { useEffect } from 'preact/hooks';
import { base, keys } from '../api';
import { catalogue, readCatalogue } from '../state/catalogue';
import { copy } from '../parts/ui';
import { Code } from '../parts/json';
import { t } from '../text';

interface Snippet {
  name: string;
  text: (base: string, id: string, password: string) => string;
}

const CURP = 'BLPM951331IONVGR54';

const SNIPPETS: readonly Snippet[] = [
  {
    name: 'curl',
    text: (url, id, password) => `curl -u '${id}:${password}' ${url}/api/links/ \\
  -H 'Content-Type: application/json' \\
  -d '{"institution": "planet_mx_employment", "username": "${CURP}"}'`,
  },
  {
    name: 'Python',
    text: (url, id, password) => `from belvo.client import Client

client = Client(${JSON.stringify(id)}, ${JSON.stringify(password)}, ${JSON.stringify(url)})
link = client.Links.create("planet_mx_employment", "${CURP}", "")`,
  },
  {
    name: 'Node',
    text: (url, id, password) => `const belvo = require('belvo').default;

const client = new belvo(${JSON.stringify(id)}, ${JSON.stringify(password)}, ${JSON.stringify(url)});
await client.connect();
const link = await client.links.register('planet_mx_employment', '${CURP}', '');`,
  },
];

export function ReferenceScreen() {
  const url = base.replace(/\/$/, '');
  const { id = '', password = '' } = keys.value ?? {};
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t('nav.reference')}</h1>
      </header>
      <section class="card">
        <h2>{t('reference.snippets')}</h2>
        <p class="hint">{t('reference.snippets.text')}</p>
        {SNIPPETS.map((snippet) => (
          <div key={snippet.name}>
            <h3>{snippet.name}</h3>
            <Code text={snippet.text(url, id, password)} label={snippet.name} />
          </div>
        ))}
      </section>
      <Curps />
    </div>
  );
}

/** Every scenario that one can ask for by a CURP, and the errors that it brings. */
function Curps() {
  useEffect(() => void readCatalogue(), []);
  return (
    <section class="card" aria-label={t('reference.curps')}>
      <h2>{t('reference.curps')}</h2>
      <div class="table-box" tabIndex={0} role="region" aria-label={t('reference.curps')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">CURP</th>
              <th scope="col">{t('fact.status')}</th>
              <th scope="col">{t('reference.code')}</th>
              <th scope="col">{t('reference.meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {catalogue.value.map(({ name, curp, rule, refusal, description }) => (
              <tr key={name}>
                <td>
                  {curp ? (
                    <button type="button" class="curp" title={t('scenario.copy')} onClick={() => copy(curp)}>
                      {curp}
                    </button>
                  ) : (
                    <span class="hint">{rule ?? t('scenario.by-name')}</span>
                  )}
                </td>
                <td class="number">{refusal?.status ?? 201}</td>
                <td>{refusal && <code>{refusal.code}</code>}</td>
                <td>
                  {description}
                  {refusal && <p class="hint">{refusal.message}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
