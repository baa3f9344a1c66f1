import { KEYS, isHelpOpen } from '../keyboard';
import { STATES, TERMS } from '../search';
import { t } from '../text';
import { Dialog } from './ui';

const NAMES: Record<string, string> = { Escape: 'Esc' };

export function Help() {
  return (
    <Dialog title={t('help')} onClose={() => (isHelpOpen.value = false)}>
      <table class="keys">
        <tbody>
          {KEYS.map(({ key, text }) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{NAMES[key] ?? key}</kbd>
              </th>
              <td>{t(text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
