import { expect, it } from 'vitest';
import type { Area } from './api/types';
import { areasNamed, isNumber } from './suggest';

it('areas are found by their names in either language, the smallest first', () => {
  const area = (code: string, zh: string, en: string, leaf: boolean) =>
    ({ code, name: { zh, en }, leaf, parent: null }) as Area;
  const areas = [area('d', '云陵区', 'Yunling', false), area('s', '春风街道', 'Chunfeng', true)];
  expect(areasNamed('云陵区春风街道的路灯', areas).map(({ code }) => code)).toEqual(['s', 'd']);
  expect(areasNamed('near chunfeng', areas).map(({ code }) => code)).toEqual(['s']);
  expect(areasNamed('别处', areas)).toEqual([]);
});

it('a number is looked up once it can be one', () => {
  expect(isNumber('12 34')).toBe(false);
  expect(isNumber('010-65')).toBe(true);
});
