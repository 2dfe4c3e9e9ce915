import { expect, it } from 'vitest';
import { inOrder, trendOf } from './needs';

const need = (category: string, recent: number, usual: number) => ({
  area: 'west',
  category,
  recent,
  usual_hundredths: usual * 100,
});

it('more than usual is what chance does not explain', () => {
  expect(trendOf(need('a', 20, 10))).toBe('more');
  expect(trendOf(need('a', 16, 10))).toBe('usual');
  expect(trendOf(need('a', 2, 12))).toBe('less');
  expect(trendOf(need('a', 4, 0))).toBe('usual');
  expect(trendOf(need('a', 5, 0))).toBe('more');
});

it('needs come in the order that is asked for', () => {
  const needs = [need('often', 30, 30), need('now', 40, 38), need('new', 9, 1)];
  const order = (by: 'usual' | 'recent' | 'rise') => inOrder(needs, by).map((one) => one.category);
  expect(order('usual')).toEqual(['now', 'often', 'new']);
  expect(order('recent')).toEqual(['now', 'often', 'new']);
  expect(order('rise')).toEqual(['new', 'now', 'often']);
});
