import { describe, expect, it } from 'vitest';
import type { Expected } from './api/sensing';
import { i18n } from './i18n/index.svelte';
import { called, momentIn, pointOf, said, timeOf, unusual } from './things';

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

it('calls things by their label in the language, and by their name without one', () => {
  const labelled = { name: '雨量站', properties: { label: { zh: '雨量站', en: 'Rain gauge' } } };
  const before = i18n.lang;
  i18n.lang = 'en';
  expect(called(labelled)).toBe('Rain gauge');
  expect(called({ name: '雨量站', properties: { label: 'Rain gauge' } })).toBe('雨量站');
  expect(called({ name: '雨量站' })).toBe('雨量站');
  i18n.lang = before;
});

it('tells what was out of the ordinary, the last first, where something speaks for it', () => {
  const ground = { expert: 'value' as const, observed: 9, low: 1, high: 2 };
  const at = (from: string, score: number, why: typeof ground | null): Expected => ({
    from,
    low: 1,
    mid: 2,
    high: 3,
    score,
    ground: why,
  });
  const all = [at('a', 0.9, ground), at('b', 0.2, ground), at('c', 0.6, ground), at('d', 1, null)];
  expect(unusual(all).map((one) => one.from)).toEqual(['c', 'a']);
});

describe('a moment that a link points to', () => {
  const at = (query: string) => momentIn(new URLSearchParams(query));

  it('is shown with three hours around it', () => {
    const moment = at('at=2026-03-04T12:00:00Z&until=2026-03-04T13:00:00Z');
    expect(moment?.from).toBe(Date.parse('2026-03-04T09:00Z'));
    expect(moment?.to).toBe(Date.parse('2026-03-04T16:00Z'));
    expect(moment?.every).toBe('minute');
    expect(at('at=2026-03-01T00:00Z&until=2026-03-05T00:00Z')?.every).toBe('hour');
  });

  it('is none where the address names none, and has no end before its beginning', () => {
    expect(at('at=soon')).toBeNull();
    const moment = at('at=2026-03-04T12:00Z&until=2026-03-04T11:00Z');
    expect(moment?.mark.until).toBe(moment?.mark.from);
  });
});
