// The page before it has keys that the emulator takes.

import { useState } from 'preact/hooks';
import { keys, parseKeys, refused, useKeys } from '../api';
import { LANGUAGES, language } from '../state/settings';
import { enter, isDemo, refusal } from '../state/demo';
import { t } from '../text';
import { Button, Field } from '../parts/ui';

export function SignIn() {
  const [pair, setPair] = useState(keys.value ? `${keys.value.id}:` : '');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseKeys(pair.trim());
    setWrong(!parsed);
    if (parsed) useKeys(parsed);
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <span class="mark" aria-hidden="true" />
        <h1>belvo-emulator</h1>
        <p class="unofficial">{t('unofficial.long')}</p>
        <Field label={t('sign-in.keys')} hint={t('sign-in.hint')}>
          <input name="keys" value={pair} placeholder="my-id:my-password" autocomplete="off" spellcheck={false} autoFocus onInput={(event) => setPair(event.currentTarget.value)} />
        </Field>
        {refused.value && (
          <p class="error" role="alert">
            {t('sign-in.refused')}
          </p>
        )}
        {isWrong && (
          <p class="error" role="alert">
            {t('sign-in.wrong')}
          </p>
        )}
        <Button type="submit" look="main">
          {t('sign-in.open')}
        </Button>
        {isDemo.value && <Button onClick={enter}>{t('accounts.mine')}</Button>}
        {refusal.value && (
          <p class="error" role="alert">
            {refusal.value}
          </p>
        )}
        <p class="hint">{t('sign-in.kept')}</p>
        <select aria-label={t('language')} value={language.value} onChange={(event) => (language.value = event.currentTarget.value as typeof language.value)}>
          {LANGUAGES.map((name) => (
            <option key={name} value={name}>
              {name === 'es' ? 'Español' : 'English'}
            </option>
          ))}
        </select>
      </form>
    </main>
  );
}
