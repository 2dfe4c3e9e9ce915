import type { CaseChange, CaseQuery, City } from './api/types';

/** Filters that may hold several values, separated by commas. */
const LISTS = ['unit', 'area', 'category', 'channel', 'stage'] as const;
/** Filters beside those of the strip: stage and lateness. */
const BESIDE = ['unit', 'area', 'category', 'channel', 'from', 'until', 'within', 'q'] as const;
const FILTERS = [...BESIDE, 'stage', 'late', 'due_soon'] as const;

type Key = (typeof FILTERS)[number] | 'order';

/** The values of one filter in the desk's address; none means any. */
function valuesOf(address: URLSearchParams, key: Key): string[] {
  return address.getAll(key).flatMap((part) => part.split(',')).filter(Boolean); // prettier-ignore
}

function query(address: URLSearchParams, keys: readonly Key[]): CaseQuery {
  const asked: Record<string, string | string[] | boolean> = {};
  for (const key of keys) {
    const values = valuesOf(address, key);
    if (values.length === 0) continue;
    if (LISTS.some((list) => list === key)) asked[key] = values;
    else if (key === 'late' || key === 'due_soon') asked[key] = values[0] === 'true';
    else asked[key] = address.get(key) ?? '';
  }
  // What the words mean is for the server to judge; it says what it does not know.
  return asked as CaseQuery;
}

/** What the list asks for under this address of the desk. */
export function listQuery(address: URLSearchParams): CaseQuery {
  return query(address, [...FILTERS, 'order']);
}

/** The filters beside stage and lateness, so that the strip shows how these divide. */
export function countsQuery(address: URLSearchParams): CaseQuery {
  return query(address, BESIDE);
}

/** As [listQuery] without order, for the addresses of the map's tiles. */
export function mapQuery(address: URLSearchParams): string {
  const taken = new URLSearchParams();
  for (const [key, value] of Object.entries(query(address, FILTERS))) {
    taken.set(key, String(value));
  }
  return taken.toString();
}

/** What of an address is kept as a saved view: its filters and its order. */
export function viewQuery(address: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const key of [...FILTERS, 'order'] as const) {
    const value = address.get(key);
    if (value) kept.set(key, value);
  }
  return kept.toString();
}

/** As [countsQuery] with stage and lateness, but for some filters: how cases divide
    by what one of these chooses is asked without it, so that another can be chosen. */
export function divideQuery(address: URLSearchParams, without: readonly string[]): CaseQuery {
  return query(
    address,
    FILTERS.filter((key) => !without.includes(key)),
  );
}

/** The stages an address asks for; none means all. */
export function stagesOf(address: URLSearchParams): string[] {
  return valuesOf(address, 'stage');
}

/** How many filters are set beside those of the strip. */
export function filtersSet(address: URLSearchParams): number {
  return BESIDE.filter((key) => address.get(key)).length;
}

/** Whether the list shows less than everything. */
export function isFiltered(address: URLSearchParams): boolean {
  return FILTERS.some((key) => address.get(key));
}

function liesIn(city: City | null, area: string | null, ancestor: string): boolean {
  const parents = new Map(city?.areas.map((one) => [one.code, one.parent]));
  let current = area;
  for (let step = 0; current && step < 12; step++) {
    if (current === ancestor) return true;
    current = parents.get(current) ?? null;
  }
  return false;
}

/** Whether a changed case may belong to the list. Words, channel and the time it
    came in are not in the change, so filters on these let it pass. */
export function mayMatch(change: CaseChange, address: URLSearchParams, city: City | null): boolean {
  const isOneOf = (key: Key, value: string | null) => {
    const wanted = valuesOf(address, key);
    return wanted.length === 0 || wanted.includes(value ?? '');
  };
  const areas = valuesOf(address, 'area');
  return (
    isOneOf('stage', change.stage) &&
    isOneOf('unit', change.unit) &&
    isOneOf('category', change.category) &&
    (address.get('late') !== 'true' || change.late) &&
    (address.get('due_soon') !== 'true' || (change.due_at !== null && !change.late)) &&
    (areas.length === 0 || areas.some((one) => liesIn(city, change.area, one)))
  );
}
