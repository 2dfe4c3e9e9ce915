import { clock } from './clock.svelte';
import { i18n } from './i18n/index.svelte';
import { names } from './names';
import { office } from './session.svelte';
import { dateTime } from './time';

/** What a board on paper or in a picture is about, since the controls are not seen there: the
    city, what was narrowed down to, and when it was counted. */
export function about(address: URLSearchParams): string {
  const t = i18n.t.boards;
  const narrowed: [string, string, (code: string) => string][] = [
    ['from', t.from, (date) => date],
    ['until', t.until, (date) => date],
    ['area', t.area, names.area],
    ['unit', t.unit, names.unit],
    ['category', t.category, names.category],
    ['channel', t.channel, names.channel],
  ];
  const said = narrowed.flatMap(([key, label, name]) => {
    const value = address.get(key);
    return value ? [i18n.of(label, name(value))] : [];
  });
  const time = address.get('from') || address.get('until') ? [] : [t.anyTime];
  const counted = dateTime(new Date(clock.now).toISOString());
  return [i18n.pick(office.city?.name), ...time, ...said, counted].filter(Boolean).join(' · ');
}
