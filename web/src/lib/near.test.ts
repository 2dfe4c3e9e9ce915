import { expect, it } from 'vitest';
import { atOf, boxMiddle, byCategory, pointOf, squaresOf } from './near';

const done = (category: string, hours: number, outcome: 'solved' | 'not_solved' | 'checked') => ({
  category,
  hours,
  outcome,
  closed_on: '2026-01-01',
  about: { lon: 116.4, lat: category === 'lamp' ? 39.9 : 39.8 },
});

it('reads a place from the address and writes it back', () => {
  expect(pointOf(atOf({ lat: 39.9042, lon: 116.4074 }))).toEqual({ lat: 39.9042, lon: 116.4074 });
  for (const none of [null, '', '39.9', 'a,b', '1,2,3', ',']) expect(pointOf(none)).toBeNull();
});

it('tells how long half of each category took, and how many say it is solved', () => {
  const all = [
    done('lamp', 10, 'solved'),
    done('lamp', 30, 'not_solved'),
    done('lamp', 20, 'checked'),
    done('road', 5, 'checked'),
  ];
  expect(byCategory(all)).toEqual([
    { category: 'lamp', count: 3, half: 20, solved: 0.5 },
    { category: 'road', count: 1, half: 5, solved: null },
  ]);
  expect(squaresOf(all).map((one) => one.count)).toEqual([3, 1]);
});

it('finds the middle of an outline', () => {
  const ring = [[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]; // prettier-ignore
  expect(boxMiddle({ type: 'MultiPolygon', coordinates: [[ring]] })).toEqual({ lon: 2, lat: 1 });
  expect(boxMiddle(null)).toBeNull();
});
