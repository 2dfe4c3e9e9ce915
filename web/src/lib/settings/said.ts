import { i18n } from '../i18n/index.svelte';
import { deviceWords } from '../i18n/devices';
import { words } from '../i18n/settings';
import { templateWords } from '../i18n/templates';
import { names } from '../names';
import type { Span } from '../api/settings';
import type { Role } from '../api/types';
import { timeOf } from './hours';

/** A limit as people say it: `2 h`, `3 working days`. */
function span(of: Span): string {
  const m = words().measures;
  const gap = i18n.lang === 'zh' ? '' : ' ';
  const say = (amount: number, unit: string) => `${amount}${gap}${unit}`;
  if (of.measure === 'working_days') return say(of.amount, m.workDay);
  const [minute, hour] = of.measure === 'working' ? [m.workMinute, m.workHour] : [m.minute, m.hour];
  if (of.measure === 'clock' && of.amount % 1440 === 0) return say(of.amount / 1440, m.day);
  return of.amount % 60 === 0 ? say(of.amount / 60, hour) : say(of.amount, minute);
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A Monday. */
const MONDAY = Date.UTC(2027, 0, 4);

/** What a day of the week is called. */
export function dayName(day: string): string {
  const at = new Date(MONDAY + DAYS.indexOf(day) * 86_400_000);
  return new Intl.DateTimeFormat(i18n.tag, { weekday: 'long', timeZone: 'UTC' }).format(at);
}

/** A path into a part of a template, `parts.safety.words`: what of it, and the part's code. */
function withinPart(path: string): [string, string | null] {
  const found = /^parts\.(.+?)\.(name\.zh|name\.en|kind|duties|words)$/.exec(path);
  return found ? [found[2] ?? path, found[1] ?? null] : [path, null];
}

/** What stands for a part of a difference: codes by their names, limits as people say them. */
function part(path: string, text: string): string {
  const [at, ofPart] = withinPart(path);
  const partKinds: Record<string, string> = templateWords().kinds;
  if (ofPart && at === 'kind') return partKinds[text] ?? text;
  const limit = /^(\d+) (clock|working|working_days)$/.exec(text);
  if (limit) return span({ amount: Number(limit[1]), measure: limit[2] as Span['measure'] });
  const list = (name: (code: string) => string) =>
    text
      .split(', ')
      .filter(Boolean)
      .map(name)
      .join(i18n.lang === 'zh' ? '、' : ', ');
  // Hours of a day are minutes in the record, and times on the form.
  if (/^calendar\.hours\./.test(at) && /^\d+$/.test(text)) return timeOf(Number(text));
  if (at === 'calendar.weekdays') {
    return text.replace(/\b(?:mon|tue|wed|thu|fri|sat|sun)\b/g, dayName);
  }
  if (at === 'calendar.unlisted_years' && Object.hasOwn(words().unlisted, text)) {
    return words().unlisted[text as keyof ReturnType<typeof words>['unlisted']];
  }
  if (at === 'duties') return list(names.category);
  if (at === 'areas') return list(names.area);
  if (at === 'parent') return text === '—' ? text : names.area(text);
  if (at === 'role') return text === '—' ? text : i18n.t.roles[text as Role];
  if (at === 'disabled') return text === 'true' ? words().disabled : words().active;
  if (at === 'leaf' || at === 'retired') {
    return text === 'true' ? words().yes : words().no;
  }
  if (at === 'owner' || at === 'unit') return text === '—' ? text : names.unit(text);
  if (at === 'keys') return list((id) => id.slice(0, 8));
  const why = i18n.t.sensing.devices.why;
  if (at === 'quarantine' && Object.hasOwn(why, text)) return why[text as keyof typeof why];
  const t = words();
  if (at.endsWith('grade') && Object.hasOwn(t.grades, text)) {
    return t.grades[text as keyof typeof t.grades];
  }
  if (at === 'kind' && Object.hasOwn(t.kinds, text)) return t.kinds[text as keyof typeof t.kinds];
  return text;
}

/** What a path of a value is called on its form. */
function field(path: string): string {
  const [at, ofPart] = withinPart(path);
  if (ofPart) return `${ofPart} · ${field(at)}`;
  const [t, d] = [words(), deviceWords()];
  const known: Record<string, string> = {
    'name.zh': t.nameZh,
    'name.en': t.nameEn,
    'group.zh': `${t.group} (${t.nameZh})`,
    'group.en': `${t.group} (${t.nameEn})`,
    kind: t.kind,
    duties: t.duties,
    areas: t.areas,
    questions: t.asks,
    words: templateWords().words,
    retired: t.retired,
    from_permille: t.automaticFrom,
    shown_permille: t.duplicatesShown,
    sure_permille: t.duplicatesSure,
    window_days: t.duplicatesWindow,
    'calendar.hours.open': `${t.usualHours} · ${t.opens}`,
    'calendar.hours.close': `${t.usualHours} · ${t.closes}`,
    'calendar.zone': t.zone,
    'calendar.breaks': t.pauses,
    'calendar.weekdays': t.weekdays,
    'calendar.holidays': t.ownHolidays,
    'calendar.make_up_days': t.ownMakeUp,
    things: d.things,
    firmware: d.firmware,
    owner: d.owner,
    place: d.place,
    'place.lon': d.lon,
    'place.lat': d.lat,
    calibrated: d.calibrated,
    most_per_minute: d.most,
    publish: d.publish,
    subscribe: d.subscribe,
    quarantine: i18n.t.sensing.devices.quarantined,
    keys: d.keys.title,
    role: t.role,
    unit: t.unit,
    disabled: t.state,
    passwords: t.passwordsSet,
    parent: t.parentArea,
    tier: t.tier,
    leaf: t.leaf,
    cells: i18n.t.grid.past.cells,
    population: i18n.t.grid.population,
    source: i18n.t.grid.past.source,
    'calendar.unlisted_years': t.unlistedYears,
  };
  if (known[at]) return known[at];
  if (at.startsWith('parts.')) return at.replace('parts.', '');
  const parts = at.split('.').map((word) => {
    if (Object.hasOwn(t.steps, word)) return t.steps[word as keyof typeof t.steps];
    if (Object.hasOwn(t.grades, word)) return t.grades[word as keyof typeof t.grades];
    if (Object.hasOwn(t.whistles, word) && at.includes('whistle')) {
      return t.whistles[word as keyof typeof t.whistles];
    }
    const own: Record<string, string> = {
      limits: '',
      grades: '',
      allowance: '',
      desk: t.desk,
      whistle: t.whistle,
      grade: t.grade,
      extensions: t.extensions,
      extended_percent: t.extendedPercent,
      shelve_days: t.shelveDays,
      answer: t.answer,
      questions: t.questions,
    };
    return own[word] ?? word;
  });
  return parts.filter(Boolean).join(' · ');
}

/** Fields that are lists: what came and what went is said, not the whole. */
const LISTS = new Set(['words', 'duties', 'areas', 'things', 'publish', 'subscribe', 'keys']);

export const said = {
  span,
  field,
  /** Who, as the record names them: `user:li.na` is li.na. */
  person: (by: string | null) => by?.replace(/^(user|system):/, '') ?? '',
  change: ({ at, before, after }: { at: string; before: string; after: string }) => {
    const listed = LISTS.has(withinPart(at)[0]);
    if (!listed) return `${part(at, before)} → ${part(at, after)}`;
    const parts = [after ? `+ ${part(at, after)}` : '', before ? `− ${part(at, before)}` : ''];
    return parts.filter(Boolean).join('  ');
  },
};
