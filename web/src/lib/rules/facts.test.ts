import { describe, expect, it } from 'vitest';
import { causeNames } from '../causes';
import { i18n } from '../i18n/index.svelte';
import { facts, whenText } from './facts';
import { changedKind, emptyCondition, emptyRule, KINDS } from './form';
import { periodOf, timesOf } from './period';
import { says } from './says';
import { secondsText, unitOfSeconds } from './seconds';

const HOUR = 3_600_000;

describe('what a rule says', () => {
  const condition = {
    ...emptyCondition('sum'),
    measure: { sum: { over_seconds: 10_800 } },
    levels: [
      { at: 50, colour: 'orange' as const },
      { at: 100, colour: 'red' as const },
    ],
    streams: { properties: ['rainfall'], units: ['mm'] },
    held_seconds: 300,
  };

  it('is told in the language of the reader', () => {
    i18n.use('en');
    expect(whenText({ one: condition }, says())).toBe(
      'rainfall (mm) · Sum · 3 hours ≥ 50 mm Orange, 100 mm Red · held 5 minutes',
    );
    i18n.use('zh');
    expect(whenText({ one: condition }, says())).toBe(
      'rainfall (mm) · 累计 · 3小时 ≥ 50 mm 橙色、100 mm 红色 · 持续 5分钟',
    );
  });

  it('has words for each kind, and differs where rules differ', () => {
    for (const lang of ['zh', 'en'] as const) {
      i18n.use(lang);
      for (const kind of KINDS) {
        const when = changedKind({ one: condition }, kind);
        expect(whenText(when, says())).toContain('rainfall');
      }
    }
    const rule = { ...emptyRule(), when: { one: condition } };
    const other = structuredClone(rule);
    other.when.one.back_by = 3;
    const [one, two] = [facts(rule, says()), facts(other, says())];
    expect(Object.keys(one).filter((key) => one[key] !== two[key])).toEqual(['Hysteresis']);
  });
});

describe('times of rules', () => {
  it('are said in the largest unit in which they are whole', () => {
    expect([90, 60, 7_200, 172_800, 0].map(unitOfSeconds)).toEqual([
      'seconds',
      'minutes',
      'hours',
      'days',
      'minutes',
    ]);
    expect(secondsText(60, 'en')).toBe('1 minute');
  });

  it('of a trial end now, and own days are whole', () => {
    const begins = (day: string) => Date.parse(`${day}T00:00Z`);
    const now = Date.parse('2026-03-05T12:00Z');
    const own = { from: '2026-03-01', to: '2026-03-02' };
    expect(timesOf('day', now, own, begins)).toEqual({ from: now - 24 * HOUR, to: now });
    expect(timesOf('own', now, own, begins)).toEqual({
      from: begins('2026-03-01'),
      to: begins('2026-03-03'),
    });
    expect(timesOf('own', now, { from: '2026-03-02', to: '2026-03-01' }, begins)).toBeNull();
    expect(timesOf('own', now, { from: '', to: '' }, begins)).toBeNull();
    expect(periodOf('next year')).toBe('month');
  });
});

describe('what causes are called', () => {
  const named = (cause: string, zh: string, more = {}) => ({
    ...emptyRule(),
    cause,
    name: { zh, en: zh },
    ...more,
  });

  it('is what a rule in force says, or the name of the only rule', () => {
    const { cause_name: _, ...plain } = named('gas', '燃气浓度');
    const names = causeNames([
      named('ponding', '旧', { active: false, cause_name: { zh: '旧称', en: 'Old' } }),
      named('ponding', '新', { cause_name: { zh: '积水', en: 'Ponding' } }),
      plain,
    ]);
    expect(names.get('ponding')?.zh).toBe('积水');
    expect(names.get('gas')?.zh).toBe('燃气浓度');
  });

  it('is the names of its rules where no rule says it', () => {
    const rules = ['水位高', '水位涨', '水位涨', '水淹'].map((zh) => {
      const { cause_name: _, ...plain } = named('water', zh);
      return plain;
    });
    expect(causeNames(rules.slice(0, 3)).get('water')?.zh).toBe('水位高、水位涨');
    expect(causeNames(rules).get('water')?.zh).toBe('水位高、水位涨等 3 条规则');
    expect(causeNames(rules).get('water')?.en).toBe('水位高, 水位涨 and 1 more');
  });
});
