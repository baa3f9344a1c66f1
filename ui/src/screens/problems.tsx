// What went wrong, grouped and counted, each with its fix.

import { Empty, Pill } from '../parts/ui';
import { Drawer } from '../parts/drawer';
import { full } from '../format';
import { problems, type Group } from '../state/problems';
import { isOpen, select, selectedRow } from '../state/selection';
import { known, t, tn } from '../text';

export function ProblemsScreen() {
  const isDrawerOpen = isOpen.value && selectedRow.value !== null;
  return (
    <div class={isDrawerOpen ? 'split split-open' : 'split'}>
      <div class="page">
        <header class="page-head">
          <h1>{t('nav.problems')}</h1>
          <p class="hint">{t('problems.text')}</p>
        </header>
        {problems.value.length === 0 ? <Empty title={t('problems.none')} /> : problems.value.map((group) => <GroupCard key={group.key} group={group} />)}
      </div>
      {isDrawerOpen && selectedRow.value && <Drawer row={selectedRow.value} />}
    </div>
  );
}

function GroupCard({ group }: { group: Group }) {
  const isHabit = group.kind === 'polls' || group.kind === 'repeats' || group.kind === 'ignores-next';
  // What a refusal says is the fix for some calls; for others it is all that is known.
  const isAnswer = group.kind === 'call' && group.fix !== null;
  const fix = group.fix ?? t(`problem.${group.kind}.fix` as 'problem.slow.fix');
  return (
    <article class="card problem">
      <div class="card-head">
        <h2>
          <Pill tone={isHabit ? 'warn' : 'bad'}>{known('problem', group.kind)}</Pill> {group.subject}
        </h2>
        <span class="hint">{tn('problem.count', group.count)}</span>
      </div>
      {group.detail && <p class="hint">{group.detail}</p>}
      <p class="note">
        <strong>{t(isAnswer ? 'problem.says' : 'fix')}</strong> {fix}
      </p>
      <button type="button" class="text-button" onClick={() => select(group.row)}>
        {t('problem.last', { at: full(group.last) })}
      </button>
    </article>
  );
}
