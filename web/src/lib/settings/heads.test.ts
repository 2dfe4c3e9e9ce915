import { expect, it } from 'vitest';
import { underHeads } from './heads';

const rows = (depths: number[]) => depths.map((depth) => ({ depth }));
const sizes = (depths: number[]) => underHeads(rows(depths)).map((part) => part.length);

it('each district stands with all that lies in it', () => {
  expect(sizes([0, 1, 1, 0, 1, 2, 1])).toEqual([3, 4]);
  expect(sizes([0, 1, 2, 2, 1, 2])).toEqual([1, 3, 2]);
  expect(sizes([])).toEqual([]);
});
