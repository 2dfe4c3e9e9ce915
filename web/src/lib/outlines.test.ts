import { expect, it } from 'vitest';
import { outlinesOf, ringOf, ringsOf, textOf, withCorner } from './outlines';

const at = (lon: number, lat: number) => ({ lon, lat });
const square = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];

it('opens what the wire has closed, and closes it again', () => {
  const closed = [[...square, square[0]!]];
  expect(ringsOf(closed)).toEqual([square]);
  expect(outlinesOf(ringsOf(closed))).toEqual(closed);
});

it('leaves out what encloses nothing yet', () => {
  expect(outlinesOf([[], square.slice(0, 2), square])).toHaveLength(1);
});

it('reads a ring back from its text, and names the line that is no corner', () => {
  expect(ringOf(textOf(square))).toEqual({ ring: square });
  expect(ringOf('39.9， 116.4\n\n40 116.5\n39.8,116.6\n39.9,116.4')).toEqual({
    ring: [at(116.4, 39.9), at(116.5, 40), at(116.6, 39.8)],
  });
  expect(ringOf('39.9, 116.4\n116.4, 39.9')).toEqual({ wrong: 2 });
  expect(ringOf('here')).toEqual({ wrong: 1 });
});

it('puts a corner into the edge that it lies nearest to', () => {
  expect(withCorner(square.slice(0, 2), at(1, 1))).toEqual(square.slice(0, 3));
  expect(withCorner(square, at(0.5, -0.1))[1]).toEqual(at(0.5, -0.1));
  expect(withCorner(square, at(-0.1, 0.5)).at(-1)).toEqual(at(-0.1, 0.5));
});
