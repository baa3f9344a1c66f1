// A new link, as a client would register it.

import { useState } from 'preact/hooks';
import { createLink } from '../actions';
import { t } from '../text';
import { Button, Dialog, Field } from '../parts/ui';

const INSTITUTIONS = ['planet_mx_employment', 'imss_mx_employment', 'issste_mx_employment'];
/** Belvo's own test CURP. */
const TEST_CURP = 'BLPM951331IONVGR54';

export function NewLink({ onClose, curp = TEST_CURP }: { onClose: () => void; curp?: string }) {
  const [username, setUsername] = useState(curp);
  const [institution, setInstitution] = useState(INSTITUTIONS[0] ?? '');
  const [accessMode, setAccessMode] = useState('recurrent');
  const [externalId, setExternalId] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = {
      institution,
      username,
      access_mode: accessMode,
      fetch_resources: ['EMPLOYMENT_RECORDS'],
      ...(externalId === '' ? {} : { external_id: externalId }),
    };
    await createLink(body);
    onClose();
  };
  return (
    <Dialog title={t('link.new')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="CURP">
          <input value={username} spellcheck={false} onInput={(event) => setUsername(event.currentTarget.value)} />
        </Field>
        <Field label={t('fact.institution')}>
          <select value={institution} onChange={(event) => setInstitution(event.currentTarget.value)}>
            {INSTITUTIONS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </Field>
        <Field label={t('fact.access-mode')}>
          <select value={accessMode} onChange={(event) => setAccessMode(event.currentTarget.value)}>
            <option>recurrent</option>
            <option>single</option>
          </select>
        </Field>
        <Field label="external_id" hint={t('optional')}>
          <input value={externalId} onInput={(event) => setExternalId(event.currentTarget.value)} />
        </Field>
        <Button type="submit" look="main">
          {t('link.create')}
        </Button>
      </form>
    </Dialog>
  );
}
