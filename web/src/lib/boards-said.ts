import { clock } from './clock.svelte';
import { i18n } from './i18n/index.svelte';
import { names } from './names';
import { office } from './session.svelte';
import { dateTime } from './time';

/** What a board on paper or in a picture is about, since the controls are not seen there: the
    city, what was narrowed down to, and when it was counted. `period` is that of a chart which
    has its own; boards beside the rates tell theirs themselves, and have no such controls. */
export function about(address: URLSearchParams, period = ''): string {
  const t = i18n.t.boards;
  const city = i18n.pick(office.city?.name);
  const counted = dateTime(new Date(clock.now).toISOString());
  const beside = (address.get('view') ?? 'rates') !== 'rates';
  if (beside) return [city, period, counted].filter(Boolean).join(' · ');
  const narrowed: [string, string, (code: string) => string][] = [
    ['from', t.from, (date) => date],
    ['until', t.until, (date) => date],
    ['area', t.area, names.area],
    ['unit', t.unit, names.unit],
    ['category', t.category, names.category],
    ['channel', t.channel, names.channel],
    ['scenario', i18n.t.common.scenarios, (code) => code],
  ];
  const said = narrowed.flatMap(([key, label, name]) => {
    const value = address.get(key);
    return value ? [i18n.of(label, name(value))] : [];
  });
  const time = period || (address.get('from') || address.get('until') ? '' : t.anyTime);
  return [city, time, ...said, counted].filter(Boolean).join(' · ');
}
