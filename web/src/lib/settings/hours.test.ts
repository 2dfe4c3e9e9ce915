import { expect, it } from 'vitest';
import { daysIn, minuteOf, timeOf } from './hours';

it('minutes of a day are times, and midnight ends one', () => {
  for (const minutes of [0, 1, 540, 1050, 1439]) {
    expect(minuteOf(timeOf(minutes), false)).toBe(minutes);
  }
  expect(timeOf(1440)).toBe('00:00');
  expect(minuteOf('00:00', true)).toBe(1440);
  expect(minuteOf('', true)).toBeNull();
});

it('days are read as people write lists, and what is no day is not guessed', () => {
  expect(daysIn('2026-05-04, 2026-01-01、2026-05-04')).toEqual(['2026-01-01', '2026-05-04']);
  expect(daysIn('  ')).toEqual([]);
  expect(daysIn('2026-02-30')).toBeNull();
  expect(daysIn('4 May')).toBeNull();
});
