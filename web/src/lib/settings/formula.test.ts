import { expect, test } from 'vitest';
import type { FormulaVersion } from '../api/settings';
import { bodyOf, countAnew, datesOf, draftOf, emptyDraft, freshCode } from './formula';

const version = {
  key: 'response.1',
  code: 'response',
  version: 1,
  name: { zh: '响应率', en: 'Response' },
  words: { zh: '', en: '' },
  counted: 'turns',
  dated: 'dispatched',
  better: 'higher',
  enough: 30,
  exclusions: [
    {
      code: 'pending',
      reason: { zh: '时限未到', en: 'still running' },
      when: { all: [], none: ['contacted', 'contact_overdue'] },
    },
  ],
  measured: null,
  met: { all: ['contacted_in_time'], none: [] },
  retired: false,
  added: null,
} as FormulaVersion;

test('a version that is set back as it stands says the same', () => {
  const { code, name, counted, dated, better, enough, exclusions, measured, met } = version;
  expect(bodyOf(draftOf(version), 2)).toEqual({
    code,
    version: 2,
    name,
    counted,
    dated,
    better,
    enough,
    exclusions,
    measured,
    met,
  });
});

test('changing a draft leaves the version that it began from as it is', () => {
  const draft = draftOf(version);
  draft.exclusions[0]!.reason.zh = '别的';
  draft.met.push({ code: 'solved', holds: false });
  expect(version.exclusions[0]?.reason.zh).toBe('时限未到');
  expect(bodyOf(draft, 2).met).toEqual({ all: ['contacted_in_time'], none: ['solved'] });
});

test('what cannot be asked of calls is taken out when calls are counted', () => {
  const all = [
    { code: 'contacted_in_time', of_calls: false },
    { code: 'contacted', of_calls: false },
    { code: 'contact_overdue', of_calls: false },
    { code: 'checked_in', of_calls: true },
  ];
  const draft = draftOf(version);
  draft.measured = 'whole';
  draft.met.push({ code: 'checked_in', holds: true }, { code: '', holds: true });
  countAnew(draft, 'calls', all);
  expect(draft).toMatchObject({ counted: 'calls', dated: 'called', measured: '' });
  expect(draft.met).toEqual([
    { code: 'checked_in', holds: true },
    { code: '', holds: true },
  ]);
  expect(draft.exclusions[0]?.when).toEqual([]);
  countAnew(draft, 'cases', all);
  expect(datesOf('cases')).toContain(draft.dated);
});

test('a condition that is not chosen yet is not sent, and each reason has its own code', () => {
  const draft = emptyDraft();
  expect(bodyOf(draft, 1).met).toEqual({ all: [], none: [] });
  draft.exclusions.push({ code: 'reason-2', reason: { zh: '', en: '' }, when: [] });
  expect(freshCode(draft)).toBe('reason-3');
});
