import type { Observation, Stream, Thing } from './api/sensing';
import type { Point } from './api/types';

/** Where a thing is, if its location is a point. */
export function pointOf(thing: Thing): Point | null {
  const location = thing.Locations?.[0]?.location;
  if (location?.type !== 'Point' || !Array.isArray(location.coordinates)) return null;
  const [lon, lat] = location.coordinates as unknown[];
  return typeof lon === 'number' && typeof lat === 'number' ? { lon, lat } : null;
}

/** The latest reading of a stream. */
export const latestOf = (stream: Stream): Observation | null => stream.Observations?.[0] ?? null;

/** When a reading was; of a span, its end. */
export const timeOf = (reading: Observation): string =>
  reading.phenomenonTime.split('/').at(-1) ?? reading.phenomenonTime;

/** A reading with its unit, as the language writes numbers. */
export function said(result: unknown, unit: string, tag: string): string {
  const value =
    typeof result === 'number'
      ? new Intl.NumberFormat(tag, { maximumFractionDigits: 3 }).format(result)
      : String(result);
  return unit ? `${value} ${unit}` : value;
}
