import { expect, it } from 'vitest';
import type { UnitLoad } from './api/types';
import { byLoad, fitting, perMonth } from './views';

it('puts the units with most for each person first, and those without people last', () => {
  const unit = (unit: string, per_worker: number | null, open = 0) =>
    ({ unit, per_worker, open }) as UnitLoad;
  const order = byLoad([unit('a', null, 9), unit('b', 2), unit('c', 7), unit('d', 2, 4)]);
  expect(order.map((one) => one.unit)).toEqual(['c', 'd', 'b', 'a']);
});

it('counts for thirty days', () => {
  const count = { cases: 30, from: '2026-01-01T00:00:00Z', until: '2026-03-02T00:00:00Z' };
  expect(perMonth(count)).toBe(15);
  expect(perMonth({ ...count, until: count.from })).toBeNull();
});

it('cuts a name to what there is room for', () => {
  expect(fitting('路灯管理所', 200)).toBe('路灯管理所');
  expect(fitting('路灯管理所', 60)).toBe('路灯管…');
  expect(fitting('Human Resources', 60)).toBe('Human…');
});
