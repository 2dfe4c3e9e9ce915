import type { Map as MapLibre, LngLatBounds } from 'maplibre-gl';
import { coloursOf, type MapLook, type Overlay } from './style';

/** Five digits are about a metre. */
const DIGITS = 5;

/** A rectangle as the address has it: degrees west, south, east, north. */
export function written(west: number, south: number, east: number, north: number): string {
  return [west, south, east, north].map((degrees) => degrees.toFixed(DIGITS)).join(',');
}

/** What the map shows now. */
export function ofView(bounds: LngLatBounds): string {
  return written(bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth());
}

/** The rectangle between two places in the window of the map, in pixels. */
export function ofDrag(map: MapLibre, from: [number, number], to: [number, number]): string {
  const [one, other] = [map.unproject(from), map.unproject(to)];
  const lon = [one.lng, other.lng].sort((a, b) => a - b) as [number, number];
  const lat = [one.lat, other.lat].sort((a, b) => a - b) as [number, number];
  return written(lon[0], lat[0], lon[1], lat[1]);
}

/** The outline of a rectangle of the address; nothing for what is none. */
export function markedOverlay(look: MapLook, within: string | null): Overlay {
  const [west, south, east, north] = (within ?? '').split(',').map(Number);
  const known = [west, south, east, north].every((one) => one !== undefined && !Number.isNaN(one));
  if (!within || !known) return { sources: {}, layers: [] };
  const ring = [
    [west!, south!],
    [east!, south!],
    [east!, north!],
    [west!, north!],
    [west!, south!],
  ];
  return {
    sources: {
      marked: {
        type: 'geojson',
        data: {
          type: 'Feature',
          properties: {},
          geometry: { type: 'LineString', coordinates: ring },
        },
      },
    },
    layers: [
      {
        id: 'marked',
        type: 'line',
        source: 'marked',
        paint: {
          'line-color': coloursOf(look).chosen,
          'line-width': 2,
          'line-dasharray': [3, 2],
        },
      },
    ],
  };
}
