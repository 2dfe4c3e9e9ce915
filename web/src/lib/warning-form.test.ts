import { describe, expect, it } from 'vitest';
import type { Alert } from './api/sensing';
import type { Area } from './api/types';
import {
  areaWords,
  contentOf,
  draftFromAlert,
  draftOf,
  emptyDraft,
  isAboveYellow,
  missing,
} from './warning-form';

const ZONE = 'Asia/Shanghai';
const NOW = Date.parse('2026-07-01T04:00:00Z');
const area = (code: string, zh: string, en: string) =>
  ({ code, name: { zh, en }, parent: null, retired: false }) as unknown as Area;
const AREAS = [area('west', '西街道', 'West'), area('east', '东街道', 'East')];

describe('the form of a warning', () => {
  it('says all that is missing at once', () => {
    const draft = { ...emptyDraft(NOW, ZONE), expires: '' };
    const fields = missing(draft, '', ZONE).map(({ field, what }) => `${field} ${what}`);
    expect(fields).toContain('content.event_name.en text');
    expect(fields).toContain('content.expires time');
    expect(fields).toContain('ground text');
    expect(fields).toHaveLength(11);
    expect(missing(draft, null, ZONE)).toHaveLength(10);
  });

  it('takes times by the clock of the city', () => {
    const draft = emptyDraft(NOW, ZONE);
    expect(draft.expires).toBe('2026-07-01T18:00');
    const content = contentOf(draft, ZONE);
    expect(content.expires).toBe('2026-07-01T10:00:00.000Z');
    expect(draftOf(content, ZONE)).toEqual(draft);
  });

  it('begins with what an alert says', () => {
    const alert = {
      id: 7,
      area: 'west',
      cause: 'ponding',
      colour: 'orange',
      name: { zh: '桥下积水', en: 'Water under the bridge' },
    } as unknown as Alert;
    const draft = draftFromAlert(alert, { zh: '积水', en: 'Ponding' }, AREAS, NOW, ZONE);
    expect(draft).toMatchObject({
      areas: ['west'],
      area_words: { zh: '西街道', en: 'West' },
      colour: 'orange',
      event: 'ponding',
      event_name: { zh: '积水', en: 'Ponding' },
    });
    const nowhere = draftFromAlert({ ...alert, area: null }, undefined, AREAS, NOW, ZONE);
    expect(nowhere.area_words).toEqual({ zh: '', en: '' });
    expect(nowhere.event_name.zh).toBe('ponding');
  });

  it('names areas in both languages, and leaves out those that nobody knows', () => {
    expect(areaWords(['west', 'gone', 'east'], AREAS)).toEqual({
      zh: '西街道、东街道',
      en: 'West, East',
    });
  });

  it('knows which colours somebody else approves', () => {
    expect(['blue', 'yellow', 'orange', 'red'].map((one) => isAboveYellow(one as 'red'))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
