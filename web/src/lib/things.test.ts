import { expect, it } from 'vitest';
import { pointOf, said, timeOf } from './things';

const thing = (location: { type: string; coordinates: unknown }) => ({
  '@iot.id': 1,
  name: '',
  description: '',
  Locations: [{ location }],
});

it('finds a thing that is at a point', () => {
  expect(pointOf(thing({ type: 'Point', coordinates: [120, 30] }))).toEqual({ lon: 120, lat: 30 });
  expect(pointOf(thing({ type: 'Polygon', coordinates: [[[120, 30]]] }))).toBeNull();
  expect(pointOf(thing({ type: 'Point', coordinates: ['a', 30] }))).toBeNull();
});

it('says when and what a reading was', () => {
  const span = '2026-07-01T00:00:00Z/2026-07-01T01:00:00Z';
  expect(timeOf({ '@iot.id': 1, phenomenonTime: span, result: 1 })).toBe('2026-07-01T01:00:00Z');
  expect(said(1234.56789, 'mm', 'en')).toBe('1,234.568 mm');
  expect(said('open', '', 'en')).toBe('open');
});
