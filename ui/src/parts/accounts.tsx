// The accounts of the emulator: their ids, never their passwords. One is opened with its password, which the
// page knows if it was typed in this tab before.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal, call, keys, knownPassword, parseKeys, useKeys } from '../api';
import { enter, isDemo } from '../state/demo';
import { full } from '../format';
import { t, tn } from '../text';
import type { ClockReading } from '../types';
import { Button, Dialog, Field } from './ui';

interface AccountEntry {
  number: number;
  id: string;
  links: number;
  pending: number;
  scheduled: number;
  last_used_at: string;
  clock: ClockReading;
}

interface AllAccounts {
  accounts: AccountEntry[];
  count: number;
  next_after: number | null;
}

const SHOWN = 200;

export function Accounts({ onClose }: { onClose: () => void }) {
  const [pair, setPair] = useState('');
  const [isWrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const open = (next: { id: string; password: string }) => {
    onClose();
    useKeys(next);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseKeys(pair.trim());
    setWrong(!parsed);
    if (parsed) open(parsed);
  };
  const choose = (id: string) => {
    const password = knownPassword(id);
    if (password !== null) return open({ id, password });
    setPair(`${id}:`);
    input.current?.focus();
  };
  return (
    <Dialog title={t('accounts')} onClose={onClose} wide>
      <form class="accounts-form" onSubmit={submit}>
        <Field label={t('sign-in.keys')} hint={t('accounts.hint')}>
          <input ref={input} name="keys" value={pair} placeholder="my-id:my-password" autocomplete="off" spellcheck={false} autoFocus onInput={(event) => setPair(event.currentTarget.value)} />
        </Field>
        <div class="actions">
          <Button type="submit" look="main">
            {t('sign-in.open')}
          </Button>
          {isDemo.value && (
            <Button
              onClick={() => {
                onClose();
                void enter();
              }}
            >
              {t('accounts.mine')}
            </Button>
          )}
        </div>
        {isWrong && (
          <p class="error" role="alert">
            {t('sign-in.wrong')}
          </p>
        )}
      </form>
      <List onChoose={choose} />
    </Dialog>
  );
}

function List({ onChoose }: { onChoose: (id: string) => void }) {
  const [all, setAll] = useState<AllAccounts | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [token, setToken] = useState('');
  const read = async () => {
    const headers: Record<string, string> = token === '' ? {} : { 'X-Emulator-Control-Token': token };
    try {
      setAll(await call<AllAccounts>('GET', `_emulator/accounts?limit=${SHOWN}`, undefined, headers));
      setRefusal(null);
    } catch (error) {
      setRefusal(error instanceof Refusal && error.problems[0]?.code === 'demo_restricted' ? '' : String((error as Error).message));
    }
  };
  useEffect(() => void read(), []);
  if (refusal === '') return null;
  if (refusal !== null) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void read();
        }}
      >
        <p class="hint">{refusal}</p>
        <Field label={t('accounts.token')}>
          <input value={token} autocomplete="off" spellcheck={false} onInput={(event) => setToken(event.currentTarget.value)} />
        </Field>
        <Button type="submit">{t('accounts.list')}</Button>
      </form>
    );
  }
  if (!all) return null;
  return (
    <section aria-label={t('accounts')}>
      <ul class="choice-list">
        {all.accounts.map((account) => (
          <li key={account.number}>
            <Button aria-current={account.id === keys.value?.id ? 'true' : undefined} onClick={() => onChoose(account.id)}>
              <span>
                <strong>{account.id}</strong>
                <span class="hint">
                  {tn('links.count', account.links)} · {tn('accounts.pending', account.pending)} · {t('accounts.used', { at: full(Date.parse(account.last_used_at)) })}
                </span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {all.count > all.accounts.length && <p class="hint">{t('accounts.more', { n: all.count - all.accounts.length })}</p>}
    </section>
  );
}
