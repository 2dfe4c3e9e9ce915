import type { Point } from './api/types';

const EARTH_M = 6_371_009;

/** Metres between two points, on a plane that touches the earth there. */
export function metresBetween(one: Point, other: Point): number {
  const rad = Math.PI / 180;
  const x = (other.lon - one.lon) * rad * Math.cos(((one.lat + other.lat) / 2) * rad);
  const y = (other.lat - one.lat) * rad;
  return Math.hypot(x, y) * EARTH_M;
}

/** As people say it: 80 m, 1.2 km. */
export function distance(metres: number, tag: string): string {
  const unit = metres < 995 ? 'meter' : 'kilometer';
  const value = metres < 995 ? Math.max(10, Math.round(metres / 10) * 10) : metres / 1000;
  return new Intl.NumberFormat(tag, {
    style: 'unit',
    unit,
    unitDisplay: tag.startsWith('zh') ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(value);
}

/** Where this device is; `null` where it cannot or may not tell. */
export function locate(): Promise<Point | null> {
  return new Promise((found) => {
    if (!navigator.geolocation) return found(null);
    const cut = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ lon: cut(coords.longitude), lat: cut(coords.latitude) }),
      () => found(null),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  });
}
