import type { LayerSpecification } from 'maplibre-gl';
import { coloursOf, type MapLook, type Overlay } from './style';

/** Layers in which a click on the map may find a case or a cluster. */
export const CASE_LAYERS = ['case-points', 'case-clusters'];

/** Case points from the server's tiles, under the same filters as the list. */
export function caseOverlay(
  look: MapLook,
  query: string,
  chosen: string | null,
  hovered: string | null,
): Overlay {
  const c = coloursOf(look);
  const tone = look.dark ? 'dark' : 'light';
  const single = ['<=', ['coalesce', ['get', 'count'], 1], 1];
  // How many of the cases at this place are late.
  const late = ['>', ['get', 'late'], 0];
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
          9,
          2,
          17,
          4,
          28,
        ],
        'circle-color': ['case', late, c.late, c.open],
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
      source: 'cases',
      'source-layer': 'cases',
      filter: ['in', ['get', 'id'], ['literal', [chosen ?? '', hovered ?? '']]],
      paint: {
        'circle-radius': 13,
        'circle-color': c.rim,
        'circle-opacity': 0.7,
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
          ['in', ['get', 'stage'], ['literal', ['closed', 'declined']]],
          `case-done-${tone}`,
          `case-open-${tone}`,
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
    },
    layers: layers as LayerSpecification[],
  };
}
