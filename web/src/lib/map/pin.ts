import type { GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl';
import type { Point } from '../api/types';
import { coloursOf, type MapLook, type Overlay } from './style';

/** Places as GeoJSON. */
export function pointsOf(points: Point[]): GeoJSONSourceSpecification['data'] {
  return {
    type: 'FeatureCollection',
    features: points.map(({ lon, lat }) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}

/** One place on the map. */
export function pinOverlay(look: MapLook, point: Point | null): Overlay {
  const c = coloursOf(look);
  const layers: LayerSpecification[] = [
    {
      id: 'pin-ring',
      type: 'circle',
      source: 'pin',
      paint: {
        'circle-radius': 14,
        'circle-color': c.open,
        'circle-opacity': 0.2,
        'circle-stroke-color': c.open,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'pin',
      type: 'circle',
      source: 'pin',
      paint: {
        'circle-radius': 6,
        'circle-color': c.open,
        'circle-stroke-color': c.rim,
        'circle-stroke-width': 2,
      },
    },
  ];
  return {
    sources: {
      pin: { type: 'geojson', data: pointsOf(point ? [point] : []) },
    },
    layers,
  };
}
