import { describe, expect, it } from 'vitest';
import type { Device } from './api/sensing';
import { bodyOf, draftOf, missing, shownOf, stateOf } from './device-form';
import {
  draftOf as mappingDraft,
  emptyDraft,
  isWild,
  mappingOf,
  missing as missingOfMapping,
} from './mapping-form';

const device = (more: Partial<Device>): Device => ({
  name: 'gauge-1',
  version: 3,
  registered: true,
  own_account: true,
  things: [7],
  firmware: '2.4.1',
  place: { lon: 120.5, lat: 30 },
  owner: 'drainage',
  calibrated: '2026-05-04',
  most_per_minute: 600,
  publish: ['gates/7'],
  subscribe: [],
  quarantine: null,
  last_seen: '2026-05-04T00:00:00Z',
  readings: 1,
  refused: 0,
  malformed: 0,
  last_refusal: null,
  mqtt_dropped: 0,
  gateway: null,
  ...more,
});

describe('devices', () => {
  const all = [
    device({ name: 'a', last_seen: null }),
    device({ name: 'b', registered: false, owner: null }),
    device({ name: 'c', quarantine: 'flood', firmware: '9' }),
  ];

  it('are each in one state', () => {
    expect(all.map(stateOf)).toEqual(['silent', 'program', 'quarantined']);
    expect(stateOf(device({}))).toBe('believed');
  });

  it('are found by what is known of them, those that need somebody first', () => {
    const names = (state: 'all' | 'silent', words: string) =>
      shownOf(all, state, words, () => '排水处').map((one) => one.name);
    expect(names('all', '')).toEqual(['c', 'a', 'b']);
    expect(names('all', '排水')).toEqual(['c', 'a']);
    expect(names('silent', '2.4')).toEqual(['a']);
    expect(names('all', 'nothing')).toEqual([]);
  });

  it('are sent as they were typed', () => {
    const draft = draftOf(device({}));
    expect(bodyOf(draft)).toEqual({
      things: [7],
      firmware: '2.4.1',
      owner: 'drainage',
      place: { lon: 120.5, lat: 30 },
      calibrated: '2026-05-04',
      most_per_minute: 600,
      publish: ['gates/7'],
      subscribe: [],
    });
    const emptied = { ...draft, owner: '', lon: '', lat: ' ', firmware: ' ', publish: ' \n' };
    expect(bodyOf(emptied)).toMatchObject({
      owner: null,
      place: null,
      firmware: null,
      publish: [],
    });
    expect(missing({ ...draft, name: ' ', lat: '' })).toEqual([
      { field: 'name', what: 'text' },
      { field: 'lat', what: 'both' },
    ]);
  });
});

describe('mappings of topics', () => {
  const mapping = {
    active: true,
    topic: 'gauges/+/level',
    streams: { '7': 70 },
    result: '/level',
    time: '/at',
    time_form: 'seconds' as const,
  };

  it('are sent as they were read', () => {
    expect(mappingOf(mappingDraft(mapping))).toEqual(mapping);
    expect(mappingOf({ ...mappingDraft(mapping), timed: false }).time).toBeNull();
    expect([mapping.topic, 'a+/b'].map(isWild)).toEqual([true, false]);
  });

  it('say all that is missing at once', () => {
    const what = (code: string, draft: Parameters<typeof missingOfMapping>[1]) =>
      missingOfMapping(code, draft).map((one) => `${one.field} ${one.what}`);
    expect(what('', emptyDraft())).toEqual(['code text', 'topic text', 'streams[0].stream stream']);
    const draft = mappingDraft(mapping);
    draft.streams.push({ key: '7', stream: '8' }, { key: '', stream: 'x' });
    expect(what('a', draft)).toEqual([
      'streams[1].key twice',
      'streams[2].stream stream',
      'streams[2].key text',
    ]);
  });
});
