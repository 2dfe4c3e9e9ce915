import { beforeEach, describe, expect, it } from 'vitest';
import { forgetSent, keepSent, ReportDraft, sentReports } from './report.svelte';

beforeEach(() => localStorage.clear());

describe('a report that is being written', () => {
  it('is still there when the page is opened again, under the same key', () => {
    const draft = new ReportDraft();
    expect(draft.empty).toBe(true);
    draft.words = '路灯坏了';
    draft.point = { lon: 114.1, lat: 30.6 };
    draft.keep();
    const again = new ReportDraft();
    expect(again.empty).toBe(false);
    expect(again.words).toBe('路灯坏了');
    expect(again.point).toEqual({ lon: 114.1, lat: 30.6 });
    expect(again.key).toBe(draft.key);
  });

  it('is gone once sent, and the next one has another key', () => {
    const draft = new ReportDraft();
    draft.words = 'Lamp out';
    draft.keep();
    const { key } = draft;
    draft.clear();
    expect(draft.empty).toBe(true);
    expect(draft.key).not.toBe(key);
    expect(new ReportDraft().empty).toBe(true);
  });

  it('sends what was written and nothing else', () => {
    const draft = new ReportDraft();
    draft.words = '  Lamp out \n';
    draft.address = ' 88 Renmin Road ';
    expect(draft.request()).toEqual({ words: 'Lamp out', place: { address: '88 Renmin Road' } });
    draft.more = ' since Monday ';
    expect(draft.request().words).toBe('Lamp out\nsince Monday');
    draft.more = '';
    draft.address = ' ';
    draft.point = { lon: 1, lat: 2 };
    draft.category = 'lamp';
    draft.phone = ' 138 ';
    expect(draft.request()).toEqual({
      words: 'Lamp out',
      category: 'lamp',
      place: { point: { lon: 1, lat: 2 } },
      reporter: { phone: '138' },
    });
  });

  it.each(['{', 'null', '7', '{"words": 7, "point": {"lon": "x"}}', '{"point": null}'])(
    'begins empty where %s was kept',
    (kept) => {
      localStorage.setItem('yiwang.report', kept);
      const draft = new ReportDraft();
      expect(draft.empty).toBe(true);
      expect(draft.key).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('reports that were sent', () => {
  const sent = (n: number) => ({ id: `C${n}`, code: `CODE-${n}`, at: '2026-01-01T00:00:00Z' });

  it('are remembered on this device, the ten latest, each once', () => {
    for (let n = 1; n <= 12; n++) keepSent(sent(n));
    keepSent(sent(5));
    expect(
      sentReports()
        .map((one) => one.id)
        .slice(0, 2),
    ).toEqual(['C5', 'C12']);
    expect(sentReports()).toHaveLength(10);
  });

  it('are forgotten when asked, and when what is kept cannot be read', () => {
    keepSent(sent(1));
    forgetSent();
    expect(sentReports()).toEqual([]);
    localStorage.setItem('yiwang.sent', '{"id": 1}');
    expect(sentReports()).toEqual([]);
  });
});
