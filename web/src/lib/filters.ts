import type { CaseChange, City } from './api/types';

/** Filters of the list that are also parts of the desk's address. */
const FILTERS = ['unit', 'area', 'category', 'channel', 'from', 'to', 'q'] as const;

function take(from: URLSearchParams, keys: readonly string[]): URLSearchParams {
  const taken = new URLSearchParams();
  for (const key of keys) for (const value of from.getAll(key)) if (value) taken.append(key, value);
  return taken;
}

/** The list's query from the desk's address. */
export function listQuery(address: URLSearchParams): URLSearchParams {
  return take(address, [...FILTERS, 'stage', 'late', 'due_soon', 'order']);
}

/** As [listQuery] without order: what the map shows. */
export function mapQuery(address: URLSearchParams): URLSearchParams {
  return take(address, [...FILTERS, 'stage', 'late', 'due_soon']);
}

/** The filters beside stage and lateness, so that the strip shows how these divide. */
export function countsQuery(address: URLSearchParams): URLSearchParams {
  return take(address, FILTERS);
}

/** The stages an address asks for; none means all. */
export function stagesOf(address: URLSearchParams): string[] {
  return address.getAll('stage').flatMap((part) => part.split(',')).filter(Boolean); // prettier-ignore
}

/** How many filters are set beside those of the strip. */
export function filtersSet(address: URLSearchParams): number {
  return FILTERS.filter((key) => address.get(key)).length;
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

/** Whether a changed case may belong to the list. Words are not in the change,
    so a search for words lets it pass. */
export function mayMatch(change: CaseChange, address: URLSearchParams, city: City | null): boolean {
  const stages = stagesOf(address);
  const isOneOf = (key: 'unit' | 'category', value: string | null) => {
    const wanted = address.get(key);
    return !wanted || wanted.split(',').includes(value ?? '');
  };
  const area = address.get('area');
  return (
    (stages.length === 0 || stages.includes(change.stage)) &&
    isOneOf('unit', change.unit) &&
    isOneOf('category', change.category) &&
    (address.get('late') !== 'true' || change.late) &&
    (!area || area.split(',').some((one) => liesIn(city, change.area, one)))
  );
}
