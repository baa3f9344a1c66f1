// A working life, drawn: a bar for each spell and employer, the salary as steps over it, gaps marked. A
// table says the same.

import { useEffect, useRef, useState } from 'preact/hooks';
import { date, money, month, number } from '../format';
import { spells, salarySteps, type DrawnSpell } from '../state/history';
import { t, tn } from '../text';
import type { EmploymentRecord } from '../types';
import { DAY } from '../units';

const BAR_PX = 26;
const SALARY_PX = 90;
const NAME_PX = 205;
const LONGEST_NAME = 25;
const AXIS_PX = 22;
/** Shorter gaps between two jobs are no gaps to mark. */
const SHORTEST_GAP_DAYS = 30;
const YEAR_PX = 46;

export function History({ record }: { record: EmploymentRecord }) {
  const all = spells(record);
  const person = record.personal_data.official_name ?? record.internal_identification;
  return (
    <figure class="history">
      <figcaption>
        <strong>{person}</strong> <span class="hint">{t('history.as-of', { date: date(record.report_date) })}</span>
      </figcaption>
      {all.length === 0 ? <p class="hint">{t('history.none')}</p> : <Chart all={all} until={Date.parse(record.report_date)} />}
      {all.length > 0 && <SpellTable all={all} />}
    </figure>
  );
}

function Chart({ all, until }: { all: readonly DrawnSpell[]; until: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const left = width < 560 ? 0 : NAME_PX;
  const start = Math.min(...all.map((spell) => spell.from));
  const end = Math.max(until, ...all.map((spell) => spell.to));
  const x = (at: number) => left + ((at - start) / Math.max(DAY, end - start)) * Math.max(0, width - left - 8);
  const lane = left === 0 ? BAR_PX + 16 : BAR_PX;
  const top = SALARY_PX + 12;
  const height = top + all.length * lane + AXIS_PX;
  return (
    <div class="history-chart" ref={box}>
      <svg width={width} height={height} role="img" aria-label={t('history.chart')}>
        <Years start={start} end={end} x={x} height={height} />
        <Gaps all={all} x={x} top={SALARY_PX} height={height - AXIS_PX} />
        <Salary all={all} x={x} left={left} />
        {all.map((spell, place) => (
          <Bar key={spell.key} spell={spell} x={x} y={top + place * lane} left={left} />
        ))}
      </svg>
    </div>
  );
}

type Scale = (at: number) => number;

function Bar({ spell, x, y, left }: { spell: DrawnSpell; x: Scale; y: number; left: number }) {
  const width = Math.max(3, x(spell.to) - x(spell.from));
  const isInline = left === 0;
  const name = spell.employer.length > LONGEST_NAME && !isInline ? `${spell.employer.slice(0, LONGEST_NAME - 1)}…` : spell.employer;
  return (
    <g class={spell.isCurrent ? 'spell spell-current' : 'spell'}>
      <text x={0} y={isInline ? y + 11 : y + 15}>
        {name}
      </text>
      <rect x={x(spell.from)} y={isInline ? y + 17 : y + 4} width={width} height={16} rx={4} />
    </g>
  );
}

function Salary({ all, x, left }: { all: readonly DrawnSpell[]; x: Scale; left: number }) {
  const steps = all.map((spell) => salarySteps(spell)).filter((path) => path.length > 0);
  const highest = Math.max(0, ...steps.flat().map((step) => step.salary));
  if (highest === 0) return null;
  const y = (salary: number) => SALARY_PX - (salary / highest) * (SALARY_PX - 18);
  const path = (points: { at: number; salary: number }[]) =>
    points.map((point, place) => (place === 0 ? `M${x(point.at)} ${y(point.salary)}` : `H${x(point.at)}V${y(point.salary)}`)).join('');
  return (
    <g class="salary">
      <line x1={left} x2={x(Math.max(...all.map((spell) => spell.to)))} y1={SALARY_PX} y2={SALARY_PX} />
      {steps.map((points) => (
        <path key={points[0]?.at} d={path(points)} />
      ))}
      <text x={left} y={10}>
        {t('history.salary', { highest: money(highest) })}
      </text>
    </g>
  );
}

function Gaps({ all, x, top, height }: { all: readonly DrawnSpell[]; x: Scale; top: number; height: number }) {
  const gaps: [number, number][] = [];
  let end = all[0]?.to ?? 0;
  for (const spell of [...all].sort((a, b) => a.from - b.from)) {
    if (spell.from - end > SHORTEST_GAP_DAYS * DAY) gaps.push([end, spell.from]);
    end = Math.max(end, spell.to);
  }
  return (
    <>
      {gaps.map(([from, to]) => (
        <g key={from} class="history-gap">
          <rect x={x(from)} y={top} width={Math.max(1, x(to) - x(from))} height={height - top} />
          <title>{tn('history.gap', Math.round((to - from) / DAY))}</title>
        </g>
      ))}
    </>
  );
}

function Years({ start, end, x, height }: { start: number; end: number; x: Scale; height: number }) {
  const first = new Date(start).getUTCFullYear() + 1;
  const last = new Date(end).getUTCFullYear();
  const room = Math.max(1, x(end) - x(start));
  const every = Math.max(1, Math.ceil(((last - first + 1) * YEAR_PX) / room));
  const years = Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place).filter((year) => (year - first) % every === 0);
  return (
    <g class="years">
      {years.map((year) => {
        const at = x(Date.UTC(year, 0, 1));
        return (
          <g key={year}>
            <line x1={at} x2={at} y1={14} y2={height - AXIS_PX + 4} />
            <text x={at} y={height - 6} text-anchor="middle">
              {year}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function SpellTable({ all }: { all: readonly DrawnSpell[] }) {
  return (
    <details class="tried">
      <summary>{t('history.table')}</summary>
      <div class="table-box" tabIndex={0} role="region" aria-label={t('history.table')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('history.employer')}</th>
              <th scope="col">{t('history.from')}</th>
              <th scope="col">{t('history.to')}</th>
              <th scope="col">{t('history.monthly')}</th>
              <th scope="col">{t('history.weeks')}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((spell) => (
              <tr key={spell.key}>
                <td>{spell.employer}</td>
                <td>{month(spell.from)}</td>
                <td>{spell.isCurrent ? t('history.today') : month(spell.to)}</td>
                <td class="number">{spell.monthly === null ? '–' : money(spell.monthly)}</td>
                <td class="number">{spell.weeks === null ? '–' : number(spell.weeks)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
