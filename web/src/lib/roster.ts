// Weeks of a duty roster: pure, on local times as a browser's own fields have them.
import type { RosterShift } from './api/types';

const DAY_MS = 86_400_000;

/** A shift as it is typed: times as a `datetime-local` field has them. */
export type ShiftDraft = { person: string; phone: string; from: string; until: string };

const two = (n: number) => String(n).padStart(2, '0');

/** A moment as a `datetime-local` field wants it, in this device's zone. */
export function localText(at: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The Monday that begins the week of a day, `2026-03-04` or now, at midnight. */
export function weekOf(day: string | null): Date {
  const at = day && /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00`) : new Date();
  const start = Number.isNaN(at.getTime()) ? new Date() : at;
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - ((start.getDay() + 6) % 7));
  return start;
}

/** The same weekday some weeks on. */
export function weeksOn(monday: Date, weeks: number): Date {
  const then = new Date(monday);
  then.setDate(then.getDate() + 7 * weeks);
  return then;
}

export const dayText = (at: Date): string => localText(at).slice(0, 10);

/** Shifts that touch a week, each with its position in the whole roster. */
export function within(
  shifts: RosterShift[],
  monday: Date,
): { shift: RosterShift; position: number }[] {
  const [from, until] = [monday.getTime(), weeksOn(monday, 1).getTime()];
  return shifts
    .map((shift, position) => ({ shift, position }))
    .filter(({ shift }) => Date.parse(shift.from) < until && Date.parse(shift.until) > from);
}

export const draftOf = (shift: RosterShift): ShiftDraft => ({
  person: shift.person,
  phone: shift.phone,
  from: localText(new Date(shift.from)),
  until: localText(new Date(shift.until)),
});

const moved = (text: string, days: number): string => {
  const at = new Date(text);
  at.setDate(at.getDate() + days);
  return localText(at);
};

/** Shifts like these, some days later. */
export const later = (drafts: ShiftDraft[], days: number): ShiftDraft[] =>
  drafts.map((one) => ({ ...one, from: moved(one.from, days), until: moved(one.until, days) }));

/** A shift like this one on each day that is left of the week. */
export function onDaysLeft(one: ShiftDraft, monday: Date): ShiftDraft[] {
  const end = weeksOn(monday, 1).getTime();
  const days: ShiftDraft[] = [];
  for (let day = 1; day < 7; day++) {
    const [next] = later([one], day);
    if (next && Date.parse(next.from) < end) days.push(next);
  }
  return days;
}

/** The whole roster once a week of it is as these drafts say. */
export function withWeek(shifts: RosterShift[], monday: Date, drafts: ShiftDraft[]) {
  const here = new Set(within(shifts, monday).map((one) => one.position));
  const others = shifts.filter((_, position) => !here.has(position));
  return [
    ...others.map(({ person, phone, from, until }) => ({ person, phone, from, until })),
    ...drafts.map((one) => ({
      person: one.person.trim(),
      phone: one.phone.trim(),
      from: new Date(one.from).toISOString(),
      until: new Date(one.until).toISOString(),
    })),
  ];
}

/** The day on which each shift stands in the week: 0 is Monday; a shift of the week before
    stands on Monday. */
export function dayOf(shift: RosterShift, monday: Date): number {
  const days = Math.floor((Date.parse(shift.from) - monday.getTime()) / DAY_MS);
  return Math.min(Math.max(days, 0), 6);
}
