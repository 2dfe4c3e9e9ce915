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

it('takes a bucket of few, whose least and greatest are one reading, for one spike', () => {
  const few = usual.slice(0, 28).flatMap((value) => [value, value]);
  expect(axisOf([...few, 5_000, 5_000]).high).toBeLessThan(12);
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

it('gives what was expected some room, and cuts what would flatten the readings', () => {
  const near = axisOf([10, 12], false, [9, 13]);
  expect(near).toEqual({ low: 9, high: 13, clipped: false });
  expect(axisOf([10, 12], false, [-1500, 1500])).toEqual({ low: 8, high: 14, clipped: true });
  expect(axisOf([10, 12], true, [-1500, 1500])).toEqual({ low: -1500, high: 1500, clipped: false });
  expect(axisOf([10, 10], false, [0, 100])).toEqual({ low: 9, high: 11, clipped: true });
});
