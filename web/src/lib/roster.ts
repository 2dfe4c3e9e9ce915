// Weeks of a duty roster: pure. Days and times are those of the city, wherever the
// reader's own clock stands.
import type { RosterShift } from './api/types';

const DAY_MS = 86_400_000;

/** A shift as it is typed: times as a `datetime-local` field has them, in the city's zone. */
export type ShiftDraft = { person: string; phone: string; from: string; until: string };

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment as a `datetime-local` field wants it, `2026-03-04T09:05`, in a zone. */
export function zonedText(at: Date, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    formats.set(zone, format);
  }
  return format.format(at).replace(' ', 'T');
}

/** The moment of a local time in a zone; an invalid date where the text is none. Where a
    clock is set forward there is none: then the moment an hour on. */
export function momentOf(text: string, zone: string): Date {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return new Date(NaN);
  // Once for the offset about then, and once more where that lay across a change of it.
  let at = wanted;
  for (let turn = 0; turn < 2; turn++) {
    at += wanted - Date.parse(`${zonedText(new Date(at), zone)}Z`);
  }
  return new Date(at);
}

/** A day some days on. */
export function daysOn(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday that begins the week of a day, `2026-03-04`, or else of today. */
export function mondayOf(day: string | null, zone: string, now: Date): string {
  const known = day !== null && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
  const start = known ? day : zonedText(now, zone).slice(0, 10);
  const weekday = (new Date(`${start}T00:00Z`).getUTCDay() + 6) % 7;
  return daysOn(start, -weekday);
}

/** When a week begins and ends. */
export function spanOf(monday: string, zone: string): { from: Date; until: Date } {
  return {
    from: momentOf(`${monday}T00:00`, zone),
    until: momentOf(`${daysOn(monday, 7)}T00:00`, zone),
  };
}

/** Shifts that touch a week, each with its position in the whole roster. */
export function within(
  shifts: RosterShift[],
  monday: string,
  zone: string,
): { shift: RosterShift; position: number }[] {
  const { from, until } = spanOf(monday, zone);
  return shifts
    .map((shift, position) => ({ shift, position }))
    .filter(
      ({ shift }) =>
        Date.parse(shift.from) < until.getTime() && Date.parse(shift.until) > from.getTime(),
    );
}

export const draftOf = (shift: RosterShift, zone: string): ShiftDraft => ({
  person: shift.person,
  phone: shift.phone,
  from: zonedText(new Date(shift.from), zone),
  until: zonedText(new Date(shift.until), zone),
});

const moved = (text: string, days: number): string =>
  `${daysOn(text.slice(0, 10), days)}${text.slice(10)}`;

/** Shifts like these, some days later. */
export const later = (drafts: ShiftDraft[], days: number): ShiftDraft[] =>
  drafts.map((one) => ({ ...one, from: moved(one.from, days), until: moved(one.until, days) }));

/** A shift like this one on each day that is left of the week. */
export function onDaysLeft(one: ShiftDraft, monday: string): ShiftDraft[] {
  const end = daysOn(monday, 7);
  return [1, 2, 3, 4, 5, 6]
    .flatMap((day) => later([one], day))
    .filter((next) => next.from.slice(0, 10) < end);
}

/** The whole roster once a week of it is as these drafts say. */
export function withWeek(
  shifts: RosterShift[],
  monday: string,
  drafts: ShiftDraft[],
  zone: string,
) {
  const here = new Set(within(shifts, monday, zone).map((one) => one.position));
  const others = shifts.filter((_, position) => !here.has(position));
  return [
    ...others.map(({ person, phone, from, until }) => ({ person, phone, from, until })),
    ...drafts.map((one) => ({
      person: one.person.trim(),
      phone: one.phone.trim(),
      from: momentOf(one.from, zone).toISOString(),
      until: momentOf(one.until, zone).toISOString(),
    })),
  ];
}

/** On which day of the week a shift stands: 0 is Monday; one of the week before on Monday. */
export function dayOf(shift: RosterShift, monday: string, zone: string): number {
  const day = zonedText(new Date(shift.from), zone).slice(0, 10);
  return Math.min(Math.max(Math.round((Date.parse(day) - Date.parse(monday)) / DAY_MS), 0), 6);
}

/** From when until when, `20:00–08:00`, and how many days later that is. */
export function timesOf(shift: RosterShift, zone: string): { text: string; days: number } {
  const [from, until] = [shift.from, shift.until].map((at) => zonedText(new Date(at), zone));
  const days = Math.round(
    (Date.parse((until ?? '').slice(0, 10)) - Date.parse((from ?? '').slice(0, 10))) / DAY_MS,
  );
  return { text: `${(from ?? '').slice(11)}–${(until ?? '').slice(11)}`, days };
}
