import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { AreaFigure } from '../layers.svelte';
import { shadeOf, type Shade } from '../shades';
import { coloursOf, type MapLook, type Overlay } from './style';

/** In which layer a click may find an area. */
export const AREA_LAYER = 'area-shades';

/** Areas in the shade of their figures; those without one stay as they are. */
export function shadedOverlay(look: MapLook, figures: AreaFigure[], classes: Shade[]): Overlay {
  const found = figures.flatMap(({ area, value }) => {
    const colour = shadeOf(value, classes);
    return colour ? [area, colour] : [];
  });
  if (found.length === 0) return { sources: {}, layers: [] };
  const colour = ['match', ['get', 'code'], ...found, 'rgba(0, 0, 0, 0)'];
  return {
    sources: {},
    layers: [],
    below: [
      {
        id: AREA_LAYER,
        type: 'fill',
        source: 'areas',
        paint: {
          'fill-color': colour as unknown as ExpressionSpecification,
          'fill-opacity': 0.5,
          'fill-outline-color': coloursOf(look).area,
        },
      },
    ],
  };
}

/** Where cases lie close together, from the same tiles as the points. */
export function heatOverlay(look: MapLook, tiles: Overlay['sources']): Overlay {
  const c = coloursOf(look);
  const layer: LayerSpecification = {
    id: 'case-heat',
    type: 'heatmap',
    source: 'cases',
    'source-layer': 'cases',
    paint: {
      'heatmap-weight': ['interpolate', ['linear'], ['log10', ['get', 'count']], 0, 0.2, 3, 1],
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 8, 16, 15, 36],
      'heatmap-opacity': 0.8,
      'heatmap-color': [
        'interpolate',
        ['linear'],
        ['heatmap-density'],
        0,
        'rgba(0, 0, 0, 0)',
        0.2,
        c.open,
        0.55,
        '#e6700f',
        1,
        c.late,
      ],
    },
  };
  return { sources: { cases: tiles['cases']! }, layers: [], below: [layer] };
}
