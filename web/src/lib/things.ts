import type { Every, Expected, Labelled, Observation, Stream, Thing } from './api/sensing';
import type { LocalText, Point } from './api/types';
import { i18n } from './i18n/index.svelte';

/** The names in both languages, where what is registered has them: `properties.label`. */
export function labelOf(one: Labelled): LocalText | null {
  const label = one.properties?.['label'];
  if (typeof label !== 'object' || label === null) return null;
  const { zh, en } = label as Record<string, unknown>;
  return typeof zh === 'string' && typeof en === 'string' ? { zh, en } : null;
}

/** What something is called in the reader's language. */
export const called = (one: Labelled): string => i18n.pick(labelOf(one)) || one.name;

/** What is observed on a stream. */
export const observedOn = (stream: Stream): string =>
  stream.ObservedProperty ? called(stream.ObservedProperty) : stream.name;

/** From this score on a reading would be an alert of a detector. */
export const UNUSUAL = 0.5;

/** Buckets in which something was out of the ordinary, the last first. */
export const unusual = (expected: Expected[]): Expected[] =>
  expected.filter((one) => one.score >= UNUSUAL && one.ground !== null).toReversed();

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

const HOUR_MS = 3_600_000;

/** A stretch of time that is marked, and the time around it that is shown, milliseconds. */
export type Moment = {
  from: number;
  to: number;
  every: Every;
  mark: { from: number; until: number };
};

/** The stretch that an address points to (`at`, `until`), with three hours before and after it. */
export function momentIn(address: URLSearchParams): Moment | null {
  const from = Date.parse(address.get('at') ?? '');
  if (Number.isNaN(from)) return null;
  const end = Date.parse(address.get('until') ?? '');
  const until = end > from ? end : from;
  const [begin, to] = [from - 3 * HOUR_MS, until + 3 * HOUR_MS];
  const hours = (to - begin) / HOUR_MS;
  return {
    from: begin,
    to,
    every: hours <= 24 ? 'minute' : hours <= 24 * 14 ? 'hour' : 'day',
    mark: { from, until },
  };
}
