// A line about the demo: whose account this is, when it begins anew, and how others can look at it.

import { useState } from 'preact/hooks';
import { time } from '../format';
import { href } from '../route';
import { isDemo, isReadOnly, part } from '../state/demo';
import { t } from '../text';
import { Button, Dialog, copy } from './ui';

export function DemoBar() {
  const [isSharing, setSharing] = useState(false);
  const account = part.value;
  if (!isDemo.value || !account || account.whose === 'other') return null;
  const resets = account.next_reset_at && t('demo.resets', { at: time(Date.parse(account.next_reset_at)) });
  return (
    <section class="demo-bar" aria-label={t('demo')}>
      <p>
        <strong>{isReadOnly.value ? t('demo.view') : account.whose === 'visitor' ? t('demo.visitor') : t('demo.demo')}</strong> {resets}
      </p>
      <div class="actions-of-demo">
        <a class="button button-plain" href={href('presenter')}>
          {t('nav.presenter')} <kbd>P</kbd>
        </a>
        {account.view && !isReadOnly.value && <Button onClick={() => setSharing(true)}>{t('demo.share')}</Button>}
      </div>
      {isSharing && account.view && <Share view={account.view} onClose={() => setSharing(false)} />}
    </section>
  );
}

function Share({ view, onClose }: { view: string; onClose: () => void }) {
  const address = `${location.href.split('#')[0]}#keys=${encodeURIComponent(view)}`;
  return (
    <Dialog title={t('demo.share')} onClose={onClose}>
      <p class="hint">{t('demo.share.text')}</p>
      <p>
        <input class="share-address" readonly aria-label={t('demo.share.address')} value={address} onFocus={(event) => event.currentTarget.select()} />
      </p>
      <Button look="main" onClick={() => copy(address)}>
        {t('copy')}
      </Button>
    </Dialog>
  );
}
