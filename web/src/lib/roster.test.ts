import { expect, it } from 'vitest';
import {
  dayOf,
  dayText,
  draftOf,
  later,
  onDaysLeft,
  weekOf,
  weeksOn,
  within,
  withWeek,
} from './roster';

const shift = (person: string, from: string, until: string) => ({
  unit: 'lights',
  person,
  phone: '1',
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
});

it('a week begins on Monday, also for its Sunday', () => {
  for (const day of ['2026-03-02', '2026-03-05', '2026-03-08']) {
    expect(dayText(weekOf(day))).toBe('2026-03-02');
  }
  expect(dayText(weeksOn(weekOf('2026-03-02'), -1))).toBe('2026-02-23');
  expect(dayText(weekOf('no day'))).toBe(dayText(weekOf(null)));
});

it('a week holds the shifts that touch it, by their places in the roster', () => {
  const monday = weekOf('2026-03-02');
  const shifts = [
    shift('before', '2026-02-28T08:00', '2026-02-28T16:00'),
    shift('over', '2026-03-01T20:00', '2026-03-02T08:00'),
    shift('in', '2026-03-04T08:00', '2026-03-04T16:00'),
    shift('after', '2026-03-09T00:00', '2026-03-09T08:00'),
  ];
  expect(within(shifts, monday).map((one) => one.position)).toEqual([1, 2]);
  expect(dayOf(shifts[1]!, monday)).toBe(0);
  expect(dayOf(shifts[2]!, monday)).toBe(2);
  // What lies in other weeks stays when a week is set.
  const drafts = [draftOf(shifts[2]!)];
  const whole = withWeek(shifts, monday, drafts);
  expect(whole.map((one) => one.person)).toEqual(['before', 'after', 'in']);
});

it('a week repeats another, and a shift the days that are left', () => {
  const monday = weekOf('2026-03-02');
  const one = draftOf(shift('a', '2026-03-05T20:00', '2026-03-06T08:00'));
  expect(later([one], 7)[0]).toMatchObject({
    from: '2026-03-12T20:00',
    until: '2026-03-13T08:00',
  });
  expect(onDaysLeft(one, monday).map((next) => next.from)).toEqual([
    '2026-03-06T20:00',
    '2026-03-07T20:00',
    '2026-03-08T20:00',
  ]);
});
