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
  // What a mark counts: the open ones, or all where none is open.
  const counted = ['case', open, ['get', 'open'], ['get', 'count']];
  const layers: unknown[] = [
    {
      id: 'case-clusters',
      type: 'circle',
      source: 'cases',
      'source-layer': 'cases',
      filter: ['!', single],
      layout: { 'circle-sort-key': ['case', late, 2, open, 1, 0] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['log10', counted], 0, 8, 2, 13, 4, 19],
        'circle-color': ['case', late, c.late, open, c.open, c.rim],
        'circle-opacity': 0.9,
        'circle-stroke-color': ['case', open, c.rim, c.done],
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
        'text-field': ['to-string', counted],
        'text-font': ['sans-serif'],
        'text-size': 12,
        'text-padding': 0,
        'symbol-sort-key': ['case', late, 0, open, 1, 2],
      },
      paint: { 'text-color': ['case', open, c.rim, c.done] },
    },
    {
      id: 'case-ring',
      type: 'circle',
      source: 'rings',
      paint: {
        'circle-radius': 13,
        'circle-opacity': 0,
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
