import { expect, it } from 'vitest';
import type { CaseRow, UnitLoad } from './api/types';
import { byDistance, loadBeside, median } from './patrol.svelte';

const row = (id: string, lon: number | null) =>
  ({ id, point: lon === null ? null : { lon, lat: 39.9 } }) as CaseRow;

it('puts the nearest first, and what has no place last', () => {
  const rows = [row('C1', null), row('C2', 116.5), row('C3', 116.41)];
  const near = byDistance(rows, { lon: 116.4, lat: 39.9 });
  expect(near.map((one) => one.row.id)).toEqual(['C3', 'C2', 'C1']);
  expect(near[2]!.metres).toBeNull();
  expect(byDistance(rows, null).map((one) => one.row.id)).toEqual(['C1', 'C2', 'C3']);
});

it('finds the middle', () => {
  expect([[], [3], [1, 3], [1, 2, 9]].map(median)).toEqual([null, 3, 2, 2]);
});

it('holds a load beside those of units of the same sort', () => {
  const load = (unit: string, per: number | null) =>
    ({ unit, per_worker: per, open: 4 }) as UnitLoad;
  const kinds = new Map([
    ['s1', 'street'],
    ['s2', 'street'],
    ['s3', 'street'],
    ['d1', 'department'],
  ]);
  const loads = [load('s1', 4), load('s2', 6), load('s3', null), load('d1', 40)];
  expect(loadBeside(loads, 's1', kinds)).toMatchObject({ median: 6, others: 1 });
  expect(loadBeside(loads, 'd1', kinds)).toMatchObject({ median: null, others: 0 });
  expect(loadBeside(loads, null, kinds)).toBeNull();
});
