import { expect, test } from 'vitest';
import { markedOverlay, written } from './mark';

const look = { dark: false, lang: 'zh', hasBaseMap: false } as const;

test('a rectangle is written to the metre and drawn again from the address', () => {
  const within = written(116.3, 39.8, 116.500004, 40);
  expect(within).toBe('116.30000,39.80000,116.50000,40.00000');
  expect(markedOverlay(look, within).layers).toHaveLength(1);
});

test('what is no rectangle is not drawn', () => {
  for (const within of [null, '', '1,2,3', 'a,b,c,d']) {
    expect(markedOverlay(look, within).layers).toEqual([]);
  }
});
