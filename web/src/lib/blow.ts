import { api } from './api';
import type { City, WhistleRow } from './api/types';

const KEPT_AS = 'yiwang.called';

/** The units that an emergency most likely needs: those called from this device last, else
    those called most in the whistles that can be seen, else the government around the
    areas of the own unit, which takes what nobody else takes. */
export function likelyCalls(
  kept: string[],
  whistles: WhistleRow[],
  city: City,
  own: string | null,
): string[] {
  const units = (city.units ?? []).filter((one) => !one.retired);
  const known = (code: string) => units.some((one) => one.code === code) && code !== own;
  const last = kept.filter(known);
  if (last.length > 0) return last;
  const counts = new Map<string, number>();
  for (const { calls } of whistles) {
    for (const { unit } of calls) if (known(unit)) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (most) return [most[0]];
  const areas = new Set(units.find((one) => one.code === own)?.areas ?? []);
  const above = new Set(
    city.areas.filter((one) => areas.has(one.code)).map((one) => one.parent ?? ''),
  );
  const government = units.find(
    (one) => one.kind === 'district' && one.areas.some((area) => above.has(area)),
  );
  return government ? [government.code] : [];
}

export function keptCalls(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

export const keepCalls = (units: string[]): void =>
  localStorage.setItem(KEPT_AS, JSON.stringify(units));

/** Emergencies that this reader may see, the latest. */
export async function emergencies(): Promise<WhistleRow[]> {
  const query = { kind: ['emergency' as const], limit: 50 };
  return (await api.whistles(query, new AbortController().signal)).whistles;
}
