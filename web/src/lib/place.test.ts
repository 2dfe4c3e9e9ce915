import { expect, it } from 'vitest';
import { distance, metresBetween } from './place';

it('measures as a map does', () => {
  const one = { lon: 116.397, lat: 39.908 };
  expect(metresBetween(one, one)).toBe(0);
  expect(metresBetween(one, { lon: 116.397, lat: 39.918 })).toBeCloseTo(1112, 0);
  expect(metresBetween(one, { lon: 116.407, lat: 39.908 })).toBeCloseTo(853, 0);
});

it('says a distance as people do', () => {
  expect([3, 84, 990, 1234].map((metres) => distance(metres, 'en'))).toEqual([
    '10 m',
    '80 m',
    '990 m',
    '1.2 km',
  ]);
  expect(distance(250, 'zh-CN')).toBe('250米');
});
