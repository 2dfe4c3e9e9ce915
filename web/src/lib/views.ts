import type { UnitLoad } from './api/types';

/** Units by open cases for each person, the most first; those without people last. */
export function byLoad(units: UnitLoad[]): UnitLoad[] {
  const load = (one: UnitLoad) => one.per_worker ?? -1;
  return [...units].sort((a, b) => load(b) - load(a) || b.open - a.open);
}

/** Cases in thirty days, of a count over any time; `null` for less than a day. */
export function perMonth(count: { cases: number; from: string; until: string }): number | null {
  const days = (Date.parse(count.until) - Date.parse(count.from)) / 86_400_000;
  return days < 1 ? null : (count.cases * 30) / days;
}

/** Pixels of a letter at 14 px: Chinese ones are squares, others about half as wide. */
const WIDE_PX = 14;
const NARROW_PX = 7.7;

/** As much of a name as a chart has room for: drawings do not cut text by themselves. */
export function fitting(name: string, px: number): string {
  let used = 0;
  let kept = '';
  for (const letter of name) {
    used += letter > '\u2e80' ? WIDE_PX : NARROW_PX;
    if (used > px - WIDE_PX) return `${kept}…`;
    kept += letter;
  }
  return name;
}
