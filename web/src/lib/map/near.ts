import type { Point } from '../api/types';
import { pinOverlay, pointsOf } from './pin';
import { coloursOf, type MapLook, type Overlay } from './style';

/** Places as discs, and where the reader is. */
export function nearOverlay(look: MapLook, points: Point[], here: Point | null): Overlay {
  const c = coloursOf(look);
  const own = pinOverlay(look, here);
  return {
    sources: { places: { type: 'geojson', data: pointsOf(points) }, ...own.sources },
    layers: [
      {
        id: 'places',
        type: 'circle',
        source: 'places',
        paint: {
          'circle-radius': 7,
          'circle-color': c.late,
          'circle-opacity': 0.85,
          'circle-stroke-color': c.rim,
          'circle-stroke-width': 1.5,
        },
      },
      ...own.layers,
    ],
  };
}

/** Squares of about 200 m, larger where more was done. */
export function squaresOverlay(
  look: MapLook,
  squares: { about: Point; count: number }[],
  here: Point | null,
): Overlay {
  const c = coloursOf(look);
  const own = pinOverlay(look, here);
  return {
    sources: {
      squares: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: squares.map(({ about, count }) => ({
            type: 'Feature',
            properties: { count },
            geometry: { type: 'Point', coordinates: [about.lon, about.lat] },
          })),
        },
      },
      ...own.sources,
    },
    layers: [
      {
        id: 'squares',
        type: 'circle',
        source: 'squares',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'count']], 1, 10, 8, 26],
          'circle-color': c.open,
          'circle-opacity': 0.3,
          'circle-stroke-color': c.open,
          'circle-stroke-width': 1.5,
        },
      },
      {
        id: 'square-counts',
        type: 'symbol',
        source: 'squares',
        layout: {
          'text-field': ['to-string', ['get', 'count']],
          'text-font': ['sans-serif'],
          'text-size': 12,
        },
        paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.2 },
      },
      ...own.layers,
    ],
  };
}
