import type { BehindQuery, BoardQuery, Figure, Formula, Tally } from './api/types';

export const GROUPS = ['unit', 'tier', 'area', 'category', 'channel'] as const;
export const PERIODS = ['day', 'week', 'month'] as const;
export type Group = (typeof GROUPS)[number];
export type Every = (typeof PERIODS)[number];

/** The key by which a part that has none is asked for. */
export const NONE = '-';

/** What narrows a board. */
const FILTERS = [
  'unit',
  'tier',
  'area',
  'category',
  'channel',
  'scenario',
  'from',
  'until',
] as const;
const LISTS = ['unit', 'tier', 'area', 'category', 'channel', 'scenario'] as const;

/** What only cases have: calls of whistles are not divided or narrowed by it. */
export const CASES_ONLY = ['category', 'channel', 'scenario'] as const;

/** By what the figures of a formula are divided. */
export function groupsOf(formula: Pick<Formula, 'counted'>): readonly Group[] {
  const ofCases: readonly string[] = formula.counted === 'calls' ? CASES_ONLY : [];
  return GROUPS.filter((group) => !ofCases.includes(group));
}

const oneOf = <T extends string>(all: readonly T[], value: string | null, usual: T): T =>
  all.find((one) => one === value) ?? usual;

/** How the ranking of a board's address is divided. */
export function groupOf(address: URLSearchParams): Group {
  return oneOf(GROUPS, address.get('group'), 'unit');
}

/** How long the periods of its trend are. */
export function everyOf(address: URLSearchParams): Every {
  return oneOf(PERIODS, address.get('every'), 'week');
}

/** How many filters are set. */
export function filtersSet(address: URLSearchParams): number {
  return FILTERS.filter((key) => address.get(key)).length;
}

function filters(address: URLSearchParams): Partial<BoardQuery> {
  const asked: Record<string, string | string[]> = {};
  for (const key of FILTERS) {
    const value = address.get(key);
    if (!value) continue;
    asked[key] = LISTS.some((list) => list === key) ? value.split(',').filter(Boolean) : value;
  }
  // What the words mean is for the server to judge; it says what it does not know.
  return asked as Partial<BoardQuery>;
}

function formulas(address: URLSearchParams): Partial<BoardQuery> {
  const compare = address.get('compare');
  return {
    formula: address.get('formula') ?? 'response',
    ...(compare ? { compare } : {}),
  };
}

/** The ranking that an address asks for. */
export function rankingQuery(address: URLSearchParams): BoardQuery {
  return { ...filters(address), ...formulas(address), group: groupOf(address) };
}

/** Its trend. */
export function trendQuery(address: URLSearchParams): BoardQuery {
  return { ...filters(address), ...formulas(address), group: everyOf(address) };
}

/** By what a part narrows a board: what no unit has is of no tier. */
export function narrowedBy(group: Group, key: string): Group {
  return group === 'tier' && key === NONE ? 'unit' : group;
}

/** What stands behind the number that an address opens; `null` when it opens none. */
export function behindQuery(address: URLSearchParams): BehindQuery | null {
  const part = address.get('open');
  if (!part) return null;
  const asked: Record<string, unknown> = {
    ...filters(address),
    formula: address.get('formula') ?? 'response',
    part,
  };
  const reason = address.get('reason');
  if (reason) asked['reason'] = reason;
  // One part of the ranking narrows it further.
  const of = address.get('of');
  if (of) asked[narrowedBy(groupOf(address), of)] = [of];
  return asked as BehindQuery;
}

/** The address of the export of a ranking. */
export function exportAddress(
  address: URLSearchParams,
  format: 'csv' | 'csv-bom' | 'xlsx',
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rankingQuery(address))) query.set(key, String(value));
  query.set('format', format === 'xlsx' ? 'xlsx' : 'csv');
  if (format === 'csv-bom') query.set('bom', 'true');
  return `/api/v1/figures/export?${query.toString()}`;
}

/** The parts in the order of their ranks: those that cannot be ranked come last, the quicker or
 * the larger first. */
export function ranked(figures: Figure[], better: string): Figure[] {
  const place = (figure: Figure) =>
    figure.rank ? (figure.rank.best + figure.rank.worst) / 2 : Number.POSITIVE_INFINITY;
  const rate = (tally: Tally) => (tally.rate ?? -1) * (better === 'lower' ? -1 : 1);
  return [...figures].sort(
    (a, b) =>
      (place(a) === place(b) ? 0 : place(a) - place(b)) ||
      (a.rank && b.rank ? rate(b) - rate(a) : 0) ||
      (a.times && b.times ? a.times.median_seconds - b.times.median_seconds : 0) ||
      b.counted - a.counted ||
      (a.key ?? '').localeCompare(b.key ?? ''),
  );
}

/** A share with as many digits as its numbers bear: none below a hundred counted. */
export function percent(share: number | null, counted: number, tag: string): string {
  if (share === null) return '–';
  const digits = counted < 100 ? 0 : counted < 10_000 ? 1 : 2;
  return new Intl.NumberFormat(tag, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** A number with the language's own separators. */
export function whole(value: number, tag: string): string {
  return new Intl.NumberFormat(tag).format(value);
}

export type Point = { x: number; y: number; low: number; high: number; figure: Figure };

/** The longest time of a trend, seconds; `null` where none is measured. */
export function longest(figures: Figure[]): number | null {
  const all = figures.flatMap((figure) => (figure.times ? [figure.times.p90_seconds] : []));
  return all.length === 0 ? null : Math.max(1, ...all);
}

/** What a trend shows of a part, and from where to where it reaches, as shares of its height:
 * the rate with its interval, or the median up to the 90th percentile. */
function shares(figure: Figure, longest: number | null): [number, number, number] | null {
  if (longest !== null) {
    if (!figure.times) return null;
    const median = figure.times.median_seconds / longest;
    return [median, median, figure.times.p90_seconds / longest];
  }
  if (figure.rate === null || figure.low === null || figure.high === null) return null;
  return [figure.rate, figure.low, figure.high];
}

/** The points of a trend in a box of `width` by `height`; parts that show nothing have none. */
export function trendPoints(figures: Figure[], width: number, height: number): Point[] {
  const most = longest(figures);
  const times = figures.map((figure) => Date.parse(figure.key ?? ''));
  const first = Math.min(...times);
  const span = Math.max(...times) - first || 1;
  const y = (share: number) => height * (1 - share);
  return figures.flatMap((figure, at) => {
    const time = times[at];
    const shown = shares(figure, most);
    if (!shown) return [];
    const [middle, low, high] = shown;
    if (time === undefined || Number.isNaN(time)) return [];
    const x = times.length === 1 ? width / 2 : (width * (time - first)) / span;
    return [{ x, y: y(middle), low: y(low), high: y(high), figure }];
  });
}
