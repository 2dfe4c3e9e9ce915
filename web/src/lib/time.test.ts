import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { City } from './api/types';
import { i18n } from './i18n/index.svelte';
import { office } from './session.svelte';
import { dateTime, dayBegin, due, shortTime, span } from './time';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-03-04T01:05:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

beforeEach(() => {
  office.city = { zone: 'Asia/Shanghai' } as City;
});
afterEach(() => i18n.use('en'));

describe('lengths of time', () => {
  it.each([
    [0, '1 s', '1 秒'],
    [59_000, '59 s', '59 秒'],
    [MINUTE, '1 min', '1 分'],
    [HOUR + 5 * MINUTE, '1 h 5 min', '1 小时 5 分'],
    [HOUR, '1 h', '1 小时'],
    [9 * HOUR + 5 * MINUTE, '9 h', '9 小时'],
    [DAY, '1 day', '1 天'],
    [DAY + 3 * HOUR, '1 day 3 h', '1 天 3 小时'],
    [3 * DAY + 3 * HOUR, '3 days', '3 天'],
    [-2 * HOUR, '2 h', '2 小时'],
  ])('%i ms reads %s and %s', (ms, en, zh) => {
    expect(span(ms)).toBe(en);
    i18n.use('zh');
    expect(span(ms)).toBe(zh);
  });
});

describe('deadlines', () => {
  it('are late from the millisecond after, and near within four hours', () => {
    expect(due(at(-1), NOW)).toEqual({ kind: 'late', text: '1 s late' });
    expect(due(at(0), NOW).kind).toBe('soon');
    expect(due(at(4 * HOUR - 1), NOW).kind).toBe('soon');
    expect(due(at(4 * HOUR), NOW)).toEqual({ kind: 'later', text: '4 h left' });
  });
});

describe('times', () => {
  it('are the city’s, wherever the reader is', () => {
    expect(dateTime('2026-03-03T16:05:00.000Z')).toBe('4 Mar 2026, 00:05');
    i18n.use('zh');
    expect(dateTime('2026-03-03T16:05:00.000Z')).toBe('2026/3/4 00:05');
  });

  it('begin their day at the city’s midnight, also when clocks change', () => {
    const begin = (now: string) => new Date(dayBegin(Date.parse(now))).toISOString();
    expect(begin('2026-03-03T16:05:00.123Z')).toBe('2026-03-03T16:00:00.000Z');
    expect(begin('2026-03-03T15:59:59.999Z')).toBe('2026-03-02T16:00:00.000Z');
    office.city = { zone: 'America/New_York' } as City;
    expect(begin('2026-03-08T16:00:00.000Z')).toBe('2026-03-08T05:00:00.000Z');
    expect(begin('2026-11-01T17:00:00.000Z')).toBe('2026-11-01T04:00:00.000Z');
  });

  it('leave out today’s date and this year', () => {
    expect(shortTime('2026-03-03T16:05:00.000Z', NOW)).toBe('00:05');
    expect(shortTime('2026-03-03T15:55:00.000Z', NOW)).toBe('3 Mar');
    expect(shortTime('2025-12-31T15:55:00.000Z', NOW)).toBe('31 Dec 2025');
  });
});
