import { expect, it } from 'vitest';
import {
  amendedOf,
  alertQuery,
  byColour,
  colourOf,
  grouped,
  isIn,
  judgedAgainOf,
  surelyFits,
} from './alerts';
import type { Alert } from './api/sensing';

const alert = (id: number, more: Partial<Alert> = {}): Alert => ({
  id,
  version: 1,
  name: { zh: '', en: '' },
  cause: 'ponding',
  colour: 'blue',
  gravest: 'blue',
  handling: 'raised',
  holder: null,
  stands: true,
  open: true,
  raised_at: '2026-07-01T00:00:00Z',
  cleared_at: null,
  silenced_until: null,
  inhibitor: null,
  escalated: 0,
  case: null,
  outcome: null,
  area: 'west',
  point: null,
  thing: 1,
  rules: [],
  streams: [],
  amended: 0,
  again: null,
  actions: [],
  ...more,
});
const NOW = Date.parse('2026-07-01T01:00:00Z');

it('asks for open alerts unless all are wanted', () => {
  expect(alertQuery(new URLSearchParams(''))).toEqual({ open: true });
  expect(alertQuery(new URLSearchParams('state=all&colour=red&cause=gas'))).toEqual({
    cause: 'gas',
  });
  expect(colourOf(new URLSearchParams('colour=red'))).toBe('red');
  expect(colourOf(new URLSearchParams('colour=pink'))).toBe(null);
});

it('puts alerts of one place and cause together, the gravest first', () => {
  const groups = grouped([
    alert(1),
    alert(2, { cause: 'gas', colour: 'red' }),
    alert(3, { colour: 'orange' }),
    alert(4, { area: null }),
  ]);
  expect(groups.map(({ alerts }) => alerts.map(({ id }) => id))).toEqual([[2], [3, 1], [4]]);
});

it('tells who is waited for from what is quiet', () => {
  const silenced = alert(1, { silenced_until: '2026-07-01T02:00:00Z' });
  const over = alert(2, { silenced_until: '2026-07-01T00:30:00Z' });
  const held = alert(3, { handling: 'acknowledged' });
  const ended = alert(4, { open: false });
  const all = [silenced, over, held, ended];
  const ids = (state: 'open' | 'raised' | 'held' | 'quiet' | 'all') =>
    all.filter((one) => isIn(state, one, NOW)).map(({ id }) => id);
  expect(ids('open')).toEqual([1, 2, 3]);
  expect(ids('raised')).toEqual([2]);
  expect(ids('held')).toEqual([3]);
  expect(ids('quiet')).toEqual([1]);
  expect(ids('all')).toEqual([1, 2, 3, 4]);
});

it('counts by colour', () => {
  expect(byColour([alert(1), alert(2, { colour: 'red' }), alert(3)])).toEqual({
    red: 1,
    orange: 0,
    yellow: 0,
    blue: 2,
  });
});

it('shows an alert of the stream at once where it surely fits', () => {
  const query = { open: true, cause: 'ponding', area: ['west'], limit: 200 };
  expect(surelyFits(alert(1), query)).toBe(true);
  expect(surelyFits(alert(1), {})).toBe(true);
  expect(surelyFits(alert(1, { open: false }), query)).toBe(false);
  expect(surelyFits(alert(1, { cause: 'gas' }), query)).toBe(false);
  expect(surelyFits(alert(1, { area: 'west-3' }), query)).toBe(false);
  expect(surelyFits(alert(1, { area: null }), query)).toBe(false);
  expect(surelyFits(alert(1), { thing: 2 })).toBe(false);
});

it('tells the readings of a step that were put right or taken back', () => {
  const reading = { at: '2026-07-01T00:00:00Z', id: 7, stream: 3, was: 98, now: 9.8 };
  expect(amendedOf({ data: { readings_amended: { count: 1, readings: [reading] } } })).toEqual([
    reading,
  ]);
  expect(amendedOf({ data: { cleared: {} } })).toEqual([]);
});

it('tells what judging an alert again came to', () => {
  const of = (verdict: object) =>
    judgedAgainOf({ data: { judged_again: { amended: 1, verdict } } });
  const raised = { at: '2026-07-01T00:00:00Z', colour: 'red', rule: 'deep' };
  expect(of({ raised })).toEqual({ verdict: 'raised', at: raised.at, rule: 'deep' });
  expect(of({ not_raised: {} })?.verdict).toBe('not_raised');
  expect(of({ unclear: { why: 'too_much' } })?.verdict).toBe('too_much');
  expect(judgedAgainOf({ data: { cleared: {} } })).toBeNull();
});
