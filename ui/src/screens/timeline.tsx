// The home of the page: the future above the now line, the past below it.

import { useState } from 'preact/hooks';
import { Drawer } from '../parts/drawer';
import { FutureRow, PastRow } from '../parts/row';
import { Strip } from '../parts/strip';
import { Button, Empty } from '../parts/ui';
import { Icon } from '../parts/icon';
import { day, time } from '../format';
import { setSearch, search } from '../route';
import { follow, heldBack, isFollowing } from '../state/following';
import { nowSecond } from '../state/clock';
import { reachesBackTo, evicted, readOlder } from '../state/log';
import { selected, isOpen, selectedRow } from '../state/selection';
import { PAGE_ROWS, pageCount, showsAllFuture, shown } from '../state/shown';
import { t, tn } from '../text';
import { NewLink } from './new-link';

export function TimelineScreen() {
  const isDrawerOpen = isOpen.value && selectedRow.value !== null;
  return (
    <div class={isDrawerOpen ? 'split split-open' : 'split'}>
      <div class="timeline">
        <Tools />
        <Strip />
        <Future />
        <NowLine />
        <Past />
      </div>
      {isDrawerOpen && selectedRow.value && <Drawer row={selectedRow.value} />}
    </div>
  );
}

function Tools() {
  const [isCreating, setCreating] = useState(false);
  return (
    <div class="tools">
      <h1 class="visually-hidden">{t('nav.timeline')}</h1>
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">{t('search')}</span>
        <input id="search" type="search" placeholder={t('search.placeholder')} value={search.value} spellcheck={false} onInput={(event) => setSearch(event.currentTarget.value)} />
      </label>
      <span class="hint" role="status">
        {search.value !== '' && tn('search.found', shown.value.fits)}
      </span>
      <Button icon="plus" onClick={() => setCreating(true)}>
        {t('link.new')}
      </Button>
      {isCreating && <NewLink onClose={() => setCreating(false)} />}
    </div>
  );
}

function Future() {
  const { future, furtherFuture } = shown.value;
  return (
    <section aria-label={t('future')}>
      {(furtherFuture > 0 || showsAllFuture.value) && (
        <button type="button" class="more" onClick={() => (showsAllFuture.value = !showsAllFuture.value)}>
          {furtherFuture > 0 ? tn('future.more', furtherFuture) : t('future.less')}
        </button>
      )}
      <ol class="rows rows-future">
        {future.map((row) => (
          <FutureRow key={row.key} row={row} isSelected={selected.value === row.key} />
        ))}
      </ol>
    </section>
  );
}

function NowLine() {
  return (
    <div class="now-line">
      <span class="now-label">
        {t('now')} <span class="number">{time(nowSecond.value)}</span>
        <span class="now-day">{day(nowSecond.value)}</span>
      </span>
      {!isFollowing.value && heldBack.value > 0 && (
        <button type="button" class="new-rows" onClick={follow}>
          {tn('timeline.new', heldBack.value)}
        </button>
      )}
    </div>
  );
}

function DayLine({ at }: { at: number }) {
  return (
    <li class="day-line">
      <span>{day(at)}</span>
    </li>
  );
}

function Past() {
  const { past, furtherPast, fits } = shown.value;
  const hasOlder = reachesBackTo.value > evicted.value;
  if (fits === 0) {
    return search.value === '' ? <Empty title={t('timeline.empty')}>{<p>{t('timeline.empty.text')}</p>}</Empty> : <Empty title={t('search.none')} />;
  }
  return (
    <section aria-label={t('past')}>
      <ol class="rows">
        {past.flatMap((row, place) => {
          const before = place === 0 ? nowSecond.peek() : (past[place - 1]?.at ?? row.at);
          const line = <PastRow key={row.key} row={row} isSelected={selected.value === row.key} />;
          return day(before) === day(row.at) ? [line] : [<DayLine key={`day ${row.key}`} at={row.at} />, line];
        })}
      </ol>
      {furtherPast > 0 && (
        <button type="button" class="more" onClick={() => (pageCount.value += 1)}>
          {tn('past.more', Math.min(furtherPast, PAGE_ROWS))}
        </button>
      )}
      {furtherPast === 0 && hasOlder && (
        <button type="button" class="more" onClick={() => readOlder()}>
          {t('past.older')}
        </button>
      )}
      {furtherPast === 0 && !hasOlder && evicted.value > 0 && <p class="hint end">{t('past.evicted')}</p>}
    </section>
  );
}
