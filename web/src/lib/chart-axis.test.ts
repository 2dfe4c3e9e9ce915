import { expect, it } from 'vitest';
import { axisOf } from './chart-axis';

const usual = Array.from({ length: 100 }, (_, n) => 10 + Math.sin(n));

it('shows all there is where nothing sticks out', () => {
  const { low, high, clipped } = axisOf(usual);
  expect([low, high, clipped]).toEqual([Math.min(...usual), Math.max(...usual), false]);
});

it('ends before a spike that would flatten all others, on its side only', () => {
  const axis = axisOf([...usual, 5_000]);
  expect(axis.clipped).toBe(true);
  expect(axis.low).toBe(Math.min(...usual));
  expect(axis.high).toBeLessThan(12);
  expect(axisOf([...usual, -5_000]).low).toBeGreaterThan(8);
  expect(axisOf([...usual, 5_000], true)).toEqual({
    low: Math.min(...usual),
    high: 5_000,
    clipped: false,
  });
});

it('cuts nothing that is often so, or that rises from a flat ground as rain does', () => {
  expect(axisOf([...usual, ...Array(20).fill(500)]).clipped).toBe(false);
  expect(axisOf([...Array(100).fill(0), 30, 60]).clipped).toBe(false);
  expect(axisOf([...usual, 14]).clipped).toBe(false);
});

it('has an axis where there is nothing, or one value', () => {
  expect(axisOf([])).toEqual({ low: 0, high: 1, clipped: false });
  expect(axisOf([3])).toEqual({ low: 3, high: 3, clipped: false });
});
