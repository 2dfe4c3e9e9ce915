import type { LayerSpecification } from 'maplibre-gl';
import type { Point } from '../api/types';
import { coloursOf, type MapLook, type Overlay } from './style';

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
      pin: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: point
            ? [
                {
                  type: 'Feature',
                  properties: {},
                  geometry: { type: 'Point', coordinates: [point.lon, point.lat] },
                },
              ]
            : [],
        },
      },
    },
    layers,
  };
}
