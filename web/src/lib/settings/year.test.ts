import { expect, test } from 'vitest';
import { linesOf, monthOf, yearOf } from './year';

const year = {
  year: 2026,
  source: 'x',
  holidays: [{ name: { zh: '元旦', en: 'New Year' }, from: '2026-01-01', to: '2026-01-03' }],
  make_up_days: ['2026-01-04'],
};

test('a month knows its weekends, holidays and make-up workdays', () => {
  const { lead, days } = monthOf(year, 1);
  // 1 January 2026 is a Thursday.
  expect(lead).toBe(3);
  expect(days).toHaveLength(31);
  expect(days.slice(0, 6).map((day) => day.kind)).toEqual([
    'free',
    'free',
    'free',
    'worked',
    'work',
    'work',
  ]);
  expect(days[9]?.kind).toBe('weekend');
});

test('what the form shows reads back the same, and a bad line is named', () => {
  expect(yearOf(2026, 'x', linesOf(year), '2026-01-04')).toEqual(year);
  expect(yearOf(2026, 'x', '元旦|New Year|2026-01-01|2026-01-03\n\n春节', '')).toEqual({ line: 3 });
});
