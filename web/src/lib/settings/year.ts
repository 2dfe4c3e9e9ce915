import type { Year } from '../api/settings';

/** What a day of the calendar is, before the city's own days. */
export type DayKind = 'work' | 'weekend' | 'free' | 'worked';
export type CalendarDay = { day: number; date: string; kind: DayKind; holiday: number | null };

const iso = (year: number, month: number, day: number) =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The days of a month under a year's notice; `lead` empty places before the first, from Monday. */
export function monthOf(year: Year, month: number): { lead: number; days: CalendarDay[] } {
  const count = new Date(Date.UTC(year.year, month, 0)).getUTCDate();
  const weekday = (day: number) =>
    (new Date(Date.UTC(year.year, month - 1, day)).getUTCDay() + 6) % 7;
  const days = Array.from({ length: count }, (_, n): CalendarDay => {
    const date = iso(year.year, month, n + 1);
    const found = year.holidays.findIndex((one) => one.from <= date && date <= one.to);
    const holiday = found < 0 ? null : found;
    const weekend = weekday(n + 1) >= 5;
    const kind = year.make_up_days.includes(date)
      ? 'worked'
      : holiday !== null
        ? 'free'
        : weekend
          ? 'weekend'
          : 'work';
    return { day: n + 1, date, kind, holiday };
  });
  return { lead: weekday(1), days };
}

/** Holidays one to a line, `元旦|New Year|2027-01-01|2027-01-03`. */
export const linesOf = (year: Year): string =>
  year.holidays.map((one) => [one.name.zh, one.name.en, one.from, one.to].join('|')).join('\n');

/** The year that a form describes, or the first line that cannot be read. */
export function yearOf(
  year: number,
  source: string,
  lines: string,
  days: string,
): Year | { line: number } {
  const holidays: Year['holidays'] = [];
  for (const [n, text] of lines.split('\n').entries()) {
    if (!text.trim()) continue;
    const [zh, en, from, to, ...rest] = text.split('|').map((part) => part.trim());
    const date = /^\d{4}-\d{2}-\d{2}$/;
    if (!zh || !en || !from || !to || rest.length > 0 || !date.test(from) || !date.test(to)) {
      return { line: n + 1 };
    }
    holidays.push({ name: { zh, en }, from, to });
  }
  return { year, source, holidays, make_up_days: days.split(/[\s,，、]+/).filter(Boolean) };
}
