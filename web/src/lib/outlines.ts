// Outlines that are drawn or typed: pure. A ring here is open; on the wire its last point is its first.
import type { Point } from './api/types';

/** Fewest corners that enclose anything. */
export const FEWEST = 3;

/** The wire's closed outlines as rings. */
export const ringsOf = (outlines: Point[][]): Point[][] =>
  outlines.map((outline) => {
    const [first, last] = [outline[0], outline.at(-1)];
    const closed = outline.length > 1 && first?.lon === last?.lon && first?.lat === last?.lat;
    return closed ? outline.slice(0, -1) : outline;
  });

/** Rings as the wire has them; those that enclose nothing yet are left out. */
export const outlinesOf = (rings: Point[][]): Point[][] =>
  rings.filter((ring) => ring.length >= FEWEST).map((ring) => [...ring, ring[0]!]);

/** To about a tenth of a metre. */
const cut = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
export const cutPoint = ({ lon, lat }: Point): Point => ({ lon: cut(lon), lat: cut(lat) });

/** A ring as text, a corner a line, latitude first as in CAP. */
export const textOf = (ring: Point[]): string =>
  ring.map(({ lat, lon }) => `${lat}, ${lon}`).join('\n');

/** The ring of a text, or the first line that is no corner. */
export function ringOf(text: string): { ring: Point[] } | { wrong: number } {
  const ring: Point[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) continue;
    const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(line);
    const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
    if (!found || Math.abs(lat) > 85 || Math.abs(lon) > 180) return { wrong: at + 1 };
    ring.push({ lon, lat });
  }
  return { ring: ringsOf([ring])[0]! };
}

/** A ring with another corner: in the edge that it lies nearest to, so that edges do not cross. */
export function withCorner(ring: Point[], corner: Point): Point[] {
  if (ring.length < FEWEST) return [...ring, corner];
  // Degrees of longitude are shorter away from the equator.
  const wide = Math.cos((corner.lat * Math.PI) / 180);
  const away = (a: Point, b: Point) => Math.hypot((a.lon - b.lon) * wide, a.lat - b.lat);
  const longer = ring.map((from, n) => {
    const to = ring[(n + 1) % ring.length]!;
    return away(from, corner) + away(corner, to) - away(from, to);
  });
  const at = longer.indexOf(Math.min(...longer)) + 1;
  return [...ring.slice(0, at), corner, ...ring.slice(at)];
}
