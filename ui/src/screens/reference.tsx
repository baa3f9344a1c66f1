// Snippets with the address and the keys of this emulator.

import { base, keys } from '../api';
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
    </div>
  );
}
