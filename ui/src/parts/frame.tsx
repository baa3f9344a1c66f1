// The frame around every screen: where one is, whose account it is, its clock, and what went wrong.

import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { keys, refused } from '../api';
import { notice } from '../actions';
import { isHelpOpen } from '../keyboard';
import { href, screen, SCREENS, type Screen } from '../route';
import { LinksScreen } from '../screens/links';
import { PresenterScreen } from '../screens/presenter';
import { ProblemsScreen } from '../screens/problems';
import { ReferenceScreen } from '../screens/reference';
import { ScenariosScreen } from '../screens/scenarios';
import { SignIn } from '../screens/sign-in';
import { TimelineScreen } from '../screens/timeline';
import { WebhooksScreen } from '../screens/webhooks';
import { hasAsked, isReadOnly } from '../state/demo';
import { linkCount } from '../state/log';
import { problems } from '../state/problems';
import { LANGUAGES, THEMES, language, theme } from '../state/settings';
import { isReady, lost } from '../state/sync';
import { known, t } from '../text';
import { Accounts } from './accounts';
import { ClockBar } from './clock-bar';
import { DemoBar } from './demo-bar';
import { Help } from './help';
import { Icon } from './icon';

const CONTENTS: Record<Screen, ComponentType> = {
  timeline: TimelineScreen,
  links: LinksScreen,
  webhooks: WebhooksScreen,
  scenarios: ScenariosScreen,
  problems: ProblemsScreen,
  reference: ReferenceScreen,
  presenter: PresenterScreen,
};

export function Frame() {
  if (!keys.value || refused.value) return hasAsked.value ? <SignIn /> : <p class="loading">{t('loading')}</p>;
  const isPresenting = screen.value === 'presenter';
  const Content = CONTENTS[screen.value];
  const content = (
    <>
      {lost.value !== null && (
        <p class="banner" role="status">
          {t('stream.lost', { why: lost.value })}
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {isReady.value ? <Content /> : <p class="loading">{t('loading')}</p>}
      </main>
    </>
  );
  return (
    <div class={`${isReadOnly.value ? 'read-only' : ''} ${isPresenting ? 'presenting' : ''}`}>
      {isPresenting ? (
        content
      ) : (
        <div class="frame">
          <a class="skip" href="#content" onClick={skip}>
            {t('skip')}
          </a>
          <Sidebar />
          <div class="body">
            <ClockBar />
            <DemoBar />
            {content}
          </div>
        </div>
      )}
      <NoticeBar />
      {isHelpOpen.value && <Help />}
    </div>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Sidebar() {
  return (
    <div class="sidebar">
      <header class="brand">
        <span class="mark" aria-hidden="true" />
        <span>
          <strong>belvo-emulator</strong>
          <span class="unofficial">{t('unofficial')}</span>
        </span>
      </header>
      <nav aria-label={t('nav')}>
        {SCREENS.map((name) => (
          <a key={name} href={href(name)} aria-current={screen.value === name ? 'page' : undefined}>
            <Icon name={name} />
            <span>{known('nav', name)}</span>
            <Count of={name} />
          </a>
        ))}
      </nav>
      <Settings />
    </div>
  );
}

function Count({ of }: { of: Screen }) {
  const count = of === 'links' ? linkCount.value : of === 'problems' ? problems.value.length : 0;
  if (count === 0) return null;
  const label = of === 'problems' ? t('nav.problem.count', { n: count }) : undefined;
  return (
    <span class={of === 'problems' ? 'count count-bad' : 'count'} aria-label={label} role={label ? 'img' : undefined}>
      {count}
    </span>
  );
}

function Settings() {
  const [isChanging, setChanging] = useState(false);
  return (
    <div class="settings">
      <div class="account">
        <Icon name="account" />
        <span class="account-id" title={t('account')}>
          {keys.value?.id}
        </span>
        <button type="button" class="text-button" onClick={() => setChanging(true)}>
          {t('account.change')}
        </button>
        {isChanging && <Accounts onClose={() => setChanging(false)} />}
      </div>
      <div class="choices">
        <select aria-label={t('language')} value={language.value} onChange={(event) => (language.value = event.currentTarget.value as typeof language.value)}>
          {LANGUAGES.map((name) => (
            <option key={name} value={name}>
              {name === 'es' ? 'Español' : 'English'}
            </option>
          ))}
        </select>
        <select aria-label={t('theme')} value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as typeof theme.value)}>
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {known('theme', name)}
            </option>
          ))}
        </select>
      </div>
      <button type="button" class="icon-button help" aria-label={t('help')} title={`${t('help')} (?)`} onClick={() => (isHelpOpen.value = true)}>
        <kbd>?</kbd>
      </button>
    </div>
  );
}

function NoticeBar() {
  const said = notice.value;
  return (
    <div class="notices" role="status" aria-live="polite">
      {said && <p class={`notice notice-${said.tone}`}>{said.text}</p>}
    </div>
  );
}
