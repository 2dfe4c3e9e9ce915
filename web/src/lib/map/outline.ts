import type { GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl';
import type { Point } from '../api/types';
import { FEWEST } from '../outlines';
import { pointsOf } from './pin';
import { coloursOf, type MapLook, type Overlay } from './style';

/** In which layer a corner is taken hold of. */
export const CORNER_LAYER = 'outline-corner';

/** What is drawn of rings: what each encloses, or its line as long as that is nothing. */
function drawn(rings: Point[][]): GeoJSONSourceSpecification['data'] {
  const pair = ({ lon, lat }: Point): [number, number] => [lon, lat];
  return {
    type: 'FeatureCollection',
    features: rings
      .filter((ring) => ring.length > 0)
      .map((ring) => ({
        type: 'Feature',
        properties: {},
        geometry:
          ring.length < FEWEST
            ? { type: 'LineString', coordinates: ring.map(pair) }
            : { type: 'Polygon', coordinates: [[...ring, ring[0]!].map(pair)] },
      })),
  };
}

/** Rings on the map, with the corners of the one that is changed. */
export function outlineOverlay(look: MapLook, rings: Point[][], chosen: number): Overlay {
  const c = coloursOf(look);
  const layers: LayerSpecification[] = [
    {
      id: 'outline-fill',
      type: 'fill',
      source: 'outline',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': c.late, 'fill-opacity': 0.2 },
    },
    {
      id: 'outline-line',
      type: 'line',
      source: 'outline',
      paint: { 'line-color': c.late, 'line-width': 2 },
    },
    {
      id: CORNER_LAYER,
      type: 'circle',
      source: 'corners',
      paint: {
        'circle-radius': 8,
        'circle-color': c.rim,
        'circle-stroke-color': c.late,
        'circle-stroke-width': 3,
      },
    },
  ];
  return {
    sources: {
      outline: { type: 'geojson', data: drawn(rings) },
      corners: { type: 'geojson', data: pointsOf(rings[chosen] ?? []) },
    },
    layers,
  };
}
