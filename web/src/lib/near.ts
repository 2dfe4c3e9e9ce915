import { Problem } from './api/problem';
import type { Near, Point } from './api/types';

type Done = Near['done'][number];

/** `39.90420,116.40740`: latitude first, as people write it. */
export const atOf = ({ lat, lon }: Point): string => `${lat.toFixed(5)},${lon.toFixed(5)}`;

export function pointOf(at: string | null): Point | null {
  const parts = (at ?? '').split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [lat, lon] = parts;
  if (parts.length !== 2 || !Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  return { lat: lat!, lon: lon! };
}

export type CategoryDone = {
  category: string;
  count: number;
  /** Half of them were done within so many hours. */
  half: number;
  /** Of those whose residents said so, the share that is solved; `null` where nobody did. */
  solved: number | null;
};

/** What was done of each category, the most first. */
export function byCategory(done: Done[]): CategoryDone[] {
  const groups = new Map<string, Done[]>();
  for (const one of done) groups.set(one.category, [...(groups.get(one.category) ?? []), one]);
  return Array.from(groups, ([category, all]) => {
    const hours = all.map((one) => one.hours).sort((a, b) => a - b);
    const solved = all.filter((one) => one.outcome === 'solved').length;
    const said = solved + all.filter((one) => one.outcome === 'not_solved').length;
    return {
      category,
      count: all.length,
      half: hours[Math.ceil(hours.length / 2) - 1] ?? 0,
      solved: said === 0 ? null : solved / said,
    };
  }).sort((a, b) => b.count - a.count);
}

/** How many were done in each square. */
export function squaresOf(done: Done[]): { about: Point; count: number }[] {
  const squares = new Map<string, { about: Point; count: number }>();
  for (const { about } of done) {
    const key = atOf(about);
    const known = squares.get(key);
    if (known) known.count += 1;
    else squares.set(key, { about, count: 1 });
  }
  return [...squares.values()];
}

type Outlines = {
  features: { properties: { code: string; parent: string | null }; geometry: unknown }[];
};

/** All positions of a GeoJSON geometry, however deep they lie. */
function positions(coordinates: unknown): [number, number][] {
  if (!Array.isArray(coordinates)) return [];
  if (typeof coordinates[0] === 'number') return [coordinates as [number, number]];
  return coordinates.flatMap(positions);
}

/** The middle of the box around an outline; `null` where there is none. */
export function boxMiddle(geometry: unknown): Point | null {
  const all = positions((geometry as { coordinates?: unknown } | null)?.coordinates);
  if (all.length === 0) return null;
  const middle = (axis: 0 | 1) => {
    const values = all.map((position) => position[axis]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  return { lon: middle(0), lat: middle(1) };
}

/** About the middle of an area; `null` for one without an outline. */
export async function middleOf(area: string): Promise<Point | null> {
  const answer = await fetch('/api/v1/areas.geojson');
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  const outlines = (await answer.json()) as Outlines;
  const found = outlines.features.find((one) => one.properties.code === area);
  return found ? boxMiddle(found.geometry) : null;
}
