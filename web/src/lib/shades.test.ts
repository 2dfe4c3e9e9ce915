import { expect, test } from 'vitest';
import { shadeOf, shades } from './shades';

test('values divide into classes of about as many, and equal ones share a shade', () => {
  const classes = shades([5, 1, 2, 3, 4, 6, 7, 8, 9, 10], false);
  expect(classes.map(({ low, high }) => [low, high])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
    [9, 10],
  ]);
  expect(shades([0, 0, 0, 0, 0, 0, 7], true).map(({ low, high }) => [low, high])).toEqual([
    [0, 0],
    [7, 7],
  ]);
  expect(shades([], false)).toEqual([]);
  expect(shades([3], false)).toHaveLength(1);
});

test('every value has the shade of its class', () => {
  const classes = shades([1, 2, 30], true);
  expect(shadeOf(1, classes)).toBe(classes[0]?.colour);
  expect(shadeOf(30, classes)).toBe(classes.at(-1)?.colour);
  expect(shadeOf(31, classes)).toBeNull();
});
