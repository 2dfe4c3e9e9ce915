import { expect, test } from 'vitest';
import {
  groupsOf,
  longest,
  behindQuery,
  everyOf,
  exportAddress,
  filtersSet,
  groupOf,
  percent,
  rankingQuery,
  ranked,
  trendPoints,
  trendQuery,
} from './boards';
import type { Figure } from './api/types';

const address = (text: string) => new URLSearchParams(text);

function figure(key: string, met: number, counted: number, more: Partial<Figure> = {}): Figure {
  const rate = counted ? met / counted : null;
  const far = rate === null ? null : Math.min(0.1, rate, 1 - rate);
  return {
    key,
    area: null,
    met,
    counted,
    left_out: [],
    all: counted,
    rate,
    low: rate === null ? null : rate - (far ?? 0),
    high: rate === null ? null : rate + (far ?? 0),
    rank: null,
    workers: null,
    compare: null,
    times: null,
    ...more,
  };
}

test('the address says what is asked, and nonsense in it is the usual', () => {
  expect(groupOf(address(''))).toBe('unit');
  expect(groupOf(address('group=area'))).toBe('area');
  expect(groupOf(address('group=moon'))).toBe('unit');
  expect(everyOf(address('every=month'))).toBe('month');
  expect(rankingQuery(address('formula=on_time&unit=a,b&from=2026-01-01'))).toEqual({
    formula: 'on_time',
    unit: ['a', 'b'],
    from: '2026-01-01',
    group: 'unit',
  });
  expect(trendQuery(address('compare=response.1'))).toEqual({
    formula: 'response',
    compare: 'response.1',
    group: 'week',
  });
  expect(filtersSet(address('unit=a&from=2026-01-01&open=met'))).toBe(2);
});

test('a number opens to its own part of the ranking', () => {
  expect(behindQuery(address('formula=reopen'))).toBeNull();
  expect(behindQuery(address('formula=reopen&open=left_out&reason=declined&of=-'))).toEqual({
    formula: 'reopen',
    part: 'left_out',
    reason: 'declined',
    unit: ['-'],
  });
  expect(behindQuery(address('open=met&group=area&of=west&area=town'))).toEqual({
    formula: 'response',
    part: 'met',
    area: ['west'],
  });
});

test('what is exported is the ranking', () => {
  expect(exportAddress(address('formula=reopen&group=area'), 'xlsx')).toBe(
    '/api/v1/figures/export?formula=reopen&group=area&format=xlsx',
  );
  expect(exportAddress(address(''), 'csv-bom')).toContain('format=csv&bom=true');
});

test('ranked parts come first, the others by how much they have', () => {
  const rank = (best: number, worst: number) => ({ rank: { best, worst } });
  const figures = [
    figure('few', 3, 3),
    figure('second', 70, 100, rank(2, 2)),
    figure('more', 1, 20),
    figure('first', 90, 100, rank(1, 1)),
  ];
  const keys = (better: string) => ranked(figures, better).map((one) => one.key);
  expect(keys('higher')).toEqual(['first', 'second', 'more', 'few']);
});

test('a share has no more digits than its numbers bear', () => {
  expect(percent(0.98765, 50, 'en')).toBe('99%');
  expect(percent(0.98765, 500, 'en')).toBe('98.8%');
  expect(percent(0.98765, 50_000, 'en')).toBe('98.77%');
  expect(percent(null, 0, 'en')).toBe('–');
});

test('points stand where their time and rate are, and gaps stay gaps', () => {
  const figures = [
    figure('2026-01-01T00:00:00Z', 1, 2),
    figure('2026-01-02T00:00:00Z', 0, 0),
    figure('2026-01-03T00:00:00Z', 2, 2),
  ];
  const points = trendPoints(figures, 100, 50);
  expect(points.map(({ x, y }) => [x, y])).toEqual([
    [0, 25],
    [100, 0],
  ]);
});

test('calls of whistles are divided by what they have', () => {
  expect(groupsOf({ counted: 'calls' })).toEqual(['unit', 'tier', 'area']);
  expect(groupsOf({ counted: 'turns' })).toContain('category');
});

test('a trend of times reaches from the median to the 90th percentile, up to the longest', () => {
  const times = (median_seconds: number, p90_seconds: number) => ({
    times: { measured: 3, median_seconds, p90_seconds },
  });
  const figures = [
    figure('2026-09-01T00:00:00Z', 1, 2, times(25, 50)),
    figure('2026-09-08T00:00:00Z', 1, 2, times(50, 100)),
    figure('2026-09-15T00:00:00Z', 0, 0),
  ];
  expect(longest(figures)).toBe(100);
  expect(longest([figure('2026-09-01T00:00:00Z', 1, 2)])).toBeNull();
  const points = trendPoints(figures, 200, 100);
  expect(points.map(({ x, y, low, high }) => [x, y, low, high])).toEqual([
    [0, 75, 75, 50],
    [100, 50, 50, 0],
  ]);
  const [slow, quick] = [figures[1], figures[0]].map((one) => one as Figure);
  expect(ranked([slow, quick] as Figure[], 'neither')).toEqual([quick, slow]);
});
