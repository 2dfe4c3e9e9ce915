import type { LayerSpecification } from 'maplibre-gl';
import type { Point } from '../api/types';
import { pointsOf } from './pin';
import { coloursOf, type MapLook, type Overlay } from './style';

/** Layers in which a click on the map may find a case or a cluster. */
export const CASE_LAYERS = ['case-points', 'case-clusters'];

/** Case points from the server's tiles, under the same filters as the list, and a
    ring around each of the given places: a case may be one of many in a mark. */
export function caseOverlay(look: MapLook, query: string, rings: Point[]): Overlay {
  const c = coloursOf(look);
  const tone = look.dark ? 'dark' : 'light';
  const single = ['<=', ['coalesce', ['get', 'count'], 1], 1];
  // Of how many cases at this place the next step is late, and how many are open at all.
  const late = ['>', ['get', 'late'], 0];
  const open = ['>', ['get', 'open'], 0];
  const layers: unknown[] = [
    {
      id: 'case-clusters',
      type: 'circle',
      source: 'cases',
      'source-layer': 'cases',
      filter: ['!', single],
      paint: {
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['log10', ['get', 'count']],
          0.3,
          8,
          2,
          13,
          4,
          19,
        ],
        'circle-color': ['case', late, c.late, open, c.open, c.done],
        'circle-opacity': 0.88,
        'circle-stroke-color': c.rim,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'case-cluster-counts',
      type: 'symbol',
      source: 'cases',
      'source-layer': 'cases',
      filter: ['!', single],
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': ['sans-serif'],
        'text-size': 12,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': c.rim },
    },
    {
      id: 'case-ring',
      type: 'circle',
      source: 'rings',
      paint: {
        'circle-radius': 13,
        'circle-color': c.rim,
        'circle-opacity': 0.5,
        'circle-stroke-color': c.chosen,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'case-points',
      type: 'symbol',
      source: 'cases',
      'source-layer': 'cases',
      filter: single,
      layout: {
        'icon-image': [
          'case',
          late,
          `case-late-${tone}`,
          open,
          `case-open-${tone}`,
          `case-done-${tone}`,
        ],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['case', late, 1, 0],
      },
    },
  ];
  return {
    sources: {
      cases: {
        type: 'vector',
        tiles: [`${location.origin}/tiles/cases/{z}/{x}/{y}.mvt${query ? `?${query}` : ''}`],
        maxzoom: 18,
      },
      rings: { type: 'geojson', data: pointsOf(rings) },
    },
    layers: layers as LayerSpecification[],
  };
}
