import { expect, it } from 'vitest';
import {
  dayOf,
  draftOf,
  later,
  momentOf,
  mondayOf,
  onDaysLeft,
  spanOf,
  timesOf,
  within,
  withWeek,
  zonedText,
} from './roster';

const ZONE = 'Asia/Shanghai';
const now = new Date('2026-03-08T20:00:00Z');

const shift = (person: string, from: string, until: string) => ({
  unit: 'lights',
  person,
  phone: '1',
  from: momentOf(from, ZONE).toISOString(),
  until: momentOf(until, ZONE).toISOString(),
});

it('times are those of the city, also where its clock is set', () => {
  expect(momentOf('2026-03-04T09:00', ZONE).toISOString()).toBe('2026-03-04T01:00:00.000Z');
  for (const text of ['2026-01-15T09:00', '2026-07-15T09:00', '2026-03-08T03:30']) {
    expect(zonedText(momentOf(text, 'America/New_York'), 'America/New_York')).toBe(text);
  }
});

it('a week begins on Monday, also for its Sunday', () => {
  for (const day of ['2026-03-02', '2026-03-05', '2026-03-08']) {
    expect(mondayOf(day, ZONE, now)).toBe('2026-03-02');
  }
  // In the city it is Monday already.
  expect(mondayOf(null, ZONE, now)).toBe('2026-03-09');
  expect(mondayOf('no day', ZONE, now)).toBe('2026-03-09');
  expect(spanOf('2026-03-02', ZONE).from.toISOString()).toBe('2026-03-01T16:00:00.000Z');
});

it('a week holds the shifts that touch it, by their places in the roster', () => {
  const monday = '2026-03-02';
  const shifts = [
    shift('before', '2026-02-28T08:00', '2026-02-28T16:00'),
    shift('over', '2026-03-01T20:00', '2026-03-02T08:00'),
    shift('in', '2026-03-04T08:00', '2026-03-04T16:00'),
    shift('after', '2026-03-09T00:00', '2026-03-09T08:00'),
  ];
  expect(within(shifts, monday, ZONE).map((one) => one.position)).toEqual([1, 2]);
  expect(dayOf(shifts[1]!, monday, ZONE)).toBe(0);
  expect(dayOf(shifts[2]!, monday, ZONE)).toBe(2);
  expect(timesOf(shifts[1]!, ZONE)).toEqual({ text: '20:00–08:00', days: 1 });
  // What lies in other weeks stays when a week is set.
  const whole = withWeek(shifts, monday, [draftOf(shifts[2]!, ZONE)], ZONE);
  expect(whole.map((one) => one.person)).toEqual(['before', 'after', 'in']);
  expect(whole[2]).toEqual({
    person: 'in',
    phone: '1',
    from: shifts[2]!.from,
    until: shifts[2]!.until,
  });
});

it('a week repeats another, and a shift the days that are left', () => {
  const one = draftOf(shift('a', '2026-03-05T20:00', '2026-03-06T08:00'), ZONE);
  expect(later([one], 7)[0]).toMatchObject({
    from: '2026-03-12T20:00',
    until: '2026-03-13T08:00',
  });
  expect(onDaysLeft(one, '2026-03-02').map((next) => next.from)).toEqual([
    '2026-03-06T20:00',
    '2026-03-07T20:00',
    '2026-03-08T20:00',
  ]);
});
