// A working life as it is drawn: spells with a beginning and an end, and the salary in steps.

import type { EmploymentRecord, Spell } from '../types';

/** A month has so many days where a daily salary is shown by the month. */
const DAYS_OF_MONTH = 30.4;

export interface DrawnSpell {
  key: string;
  employer: string;
  from: number;
  to: number;
  isCurrent: boolean;
  monthly: number | null;
  weeks: number | null;
  updates: Spell['employment_status_updates'];
}

/** The spells of a record, the earliest first. */
export function spells(record: EmploymentRecord): DrawnSpell[] {
  const until = Date.parse(record.report_date);
  return record.employment_records
    .flatMap((spell, place) => {
      const from = spell.start_date ? Date.parse(spell.start_date) : NaN;
      if (Number.isNaN(from)) return [];
      const to = spell.end_date ? Date.parse(spell.end_date) : until;
      return [
        {
          key: `${place} ${from}`,
          employer: spell.employer ?? '–',
          from,
          to: Math.max(from, to),
          isCurrent: spell.end_date === null,
          monthly: spell.monthly_salary,
          weeks: spell.weeks_employed,
          updates: spell.employment_status_updates,
        },
      ];
    })
    .sort((a, b) => a.from - b.from);
}

/** The monthly salary of a spell by time, from its first day to its last. */
export function salarySteps(spell: DrawnSpell): { at: number; salary: number }[] {
  const steps = spell.updates
    .filter((update) => update.base_salary !== null)
    .map((update) => ({ at: Date.parse(update.update_date), salary: (update.base_salary ?? 0) * DAYS_OF_MONTH }))
    .sort((a, b) => a.at - b.at);
  const last = steps.at(-1);
  return last ? [...steps, { at: spell.to, salary: last.salary }] : [];
}
