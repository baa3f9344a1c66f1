import { KEYS, isBoundOn, isHelpOpen } from '../keyboard';
import { STATES, TERMS } from '../search';
import { t } from '../text';
import { Dialog } from './ui';

const NAMES: Record<string, string> = { Escape: 'Esc', ArrowRight: '→' };

/** The name that stands on a key. */
const nameOf = (key: string): string => (key === ' ' ? t('presenter.space') : (NAMES[key] ?? key));

export function Help() {
  return (
    <Dialog title={t('help')} onClose={() => (isHelpOpen.value = false)}>
      <Keys of={KEYS.filter(isBoundOn(false))} />
      <h3>{t('help.presenter')}</h3>
      <Keys of={KEYS.filter(({ on }) => on === 'presenter')} />
      <h3>{t('help.search')}</h3>
      <p class="hint">{t('help.search.text')}</p>
      <p class="terms">
        {TERMS.filter((term) => term !== 'is').map((term) => (
          <code key={term}>{term}:</code>
        ))}
        {STATES.map((state) => (
          <code key={state}>is:{state}</code>
        ))}
      </p>
    </Dialog>
  );
}

function Keys({ of }: { of: typeof KEYS }) {
  return (
    <table class="keys">
      <tbody>
        {of.map(({ key, text }) => (
          <tr key={text}>
            <th scope="row">
              <kbd>{nameOf(key)}</kbd>
            </th>
            <td>{t(text)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
