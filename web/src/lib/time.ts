import { i18n } from './i18n/index.svelte';
import { office } from './session.svelte';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A step due within this time is marked, as the server counts it in `due_soon`. */
export const SOON = 4 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = office.city?.zone;
  const key = `${kind} ${i18n.tag} ${zone}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(i18n.lang === 'zh' ? 'zh-CN' : 'en-GB', {
      ...options,
      hourCycle: 'h23',
      ...(zone ? { timeZone: zone } : {}),
    });
    formats.set(key, known);
  }
  return known;
}

/** Date and time in the city's time zone: 2026-03-04 09:05 as the language writes it. */
export function dateTime(at: string): string {
  return format('long', {
    year: 'numeric',
    month: i18n.lang === 'zh' ? 'numeric' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at));
}

/** The day alone, in the city's time zone. */
export function day(at: string): string {
  const month = i18n.lang === 'zh' ? 'numeric' : 'short';
  return format('day alone', { year: 'numeric', month, day: 'numeric' }).format(new Date(at));
}

/** The time alone today, the date without the year this year, else the whole date. */
export function shortTime(at: string, now: number): string {
  const year = format('year', { year: 'numeric' });
  const day = format('day', { year: 'numeric', month: 'numeric', day: 'numeric' });
  const then = new Date(at);
  const month = i18n.lang === 'zh' ? 'numeric' : 'short';
  if (day.format(then) === day.format(now))
    return format('time', { hour: '2-digit', minute: '2-digit' }).format(then);
  if (year.format(then) === year.format(now))
    return format('month', { month, day: 'numeric' }).format(then);
  return format('date', { year: 'numeric', month, day: 'numeric' }).format(then);
}

/** When the day of a moment began in the city's time zone. */
export function dayBegin(now: number): number {
  const clock = format('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const sinceMidnight = (at: number) => {
    const [hours = 0, minutes = 0, seconds = 0] = clock.format(at).split(':').map(Number);
    return hours * HOUR + minutes * MINUTE + seconds * 1000 + (at % 1000);
  };
  const begin = now - sinceMidnight(now);
  // On a day on which clocks are put on or back, midnight is an hour nearer or farther.
  const off = sinceMidnight(begin);
  return off === 0 ? begin : off > DAY / 2 ? begin + (DAY - off) : begin - off;
}

/** A length of time in its two largest units; never "0 minutes". */
export function span(ms: number): string {
  const t = i18n.t.time;
  const length = Math.abs(ms);
  if (length < MINUTE) return t.seconds(Math.max(1, Math.round(length / 1000)));
  if (length < HOUR) return t.minutes(Math.floor(length / MINUTE));
  if (length < DAY) {
    const minutes = Math.floor((length % HOUR) / MINUTE);
    const hours = t.hours(Math.floor(length / HOUR));
    return minutes && length < 6 * HOUR ? `${hours} ${t.minutes(minutes)}` : hours;
  }
  const days = Math.floor(length / DAY);
  const hours = Math.floor((length % DAY) / HOUR);
  return hours && days < 3 ? `${t.days(days)} ${t.hours(hours)}` : t.days(days);
}

export type Due = { kind: 'late' | 'soon' | 'later'; text: string };

/** How a deadline stands now. */
export function due(at: string, now: number): Due {
  const left = Date.parse(at) - now;
  const t = i18n.t.time;
  if (left < 0) return { kind: 'late', text: t.lateBy(span(left)) };
  return { kind: left < SOON ? 'soon' : 'later', text: t.left(span(left)) };
}

/** How long ago. */
export function ago(at: string, now: number): string {
  return i18n.t.time.ago(span(Math.max(0, now - Date.parse(at))));
}
