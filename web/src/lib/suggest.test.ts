import { expect, it } from 'vitest';
import type { Area, Category } from './api/types';
import { areasNamed, isNumber, likelyCategories } from './suggest';

const category = (code: string, zh: string, en: string) =>
  ({ code, name: { zh, en }, group: { zh: '市政', en: 'Facilities' } }) as Category;
const CITY = [
  category('light', '路灯不亮', 'Street light out'),
  category('road', '路面破损', 'Road damage'),
  category('noise', '施工噪声', 'Building noise'),
];

it('the category that shares most with what was said comes first', () => {
  const codes = (words: string) => likelyCategories(words, CITY).map(({ code }) => code);
  expect(codes('门口的路灯不亮了三天')).toEqual(['light']);
  expect(codes('路面坑坑洼洼,路灯也坏了')).toContain('road');
  expect(codes('the street light is out')[0]).toBe('light');
  expect(codes('随便说说')).toEqual([]);
  expect(codes('')).toEqual([]);
});

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
