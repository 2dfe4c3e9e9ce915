import type { LayerSpecification, SourceSpecification } from 'maplibre-gl';
import type { MapLook, Overlay } from './style';

/** Line colours that colour-blind eyes keep apart, for the layers in their order. */
export const LAYER_COLOURS = ['#2166ac', '#a50026', '#5d8a00', '#8c510a', '#762a83'];

/** New cells by population, and over them the borders that the layers had. */
export function gridOverlay(
  look: MapLook,
  preview: string | null,
  most: number,
  layers: string[],
): Overlay {
  const sources: Record<string, SourceSpecification> = {};
  const drawn: LayerSpecification[] = [];
  if (preview) {
    sources.merged = { type: 'geojson', data: preview };
    drawn.push(
      {
        id: 'merged-fill',
        type: 'fill',
        source: 'merged',
        paint: {
          'fill-color': [
            'interpolate',
            ['linear'],
            ['get', 'population'],
            0,
            look.dark ? '#2a3a4d' : '#eef3fa',
            Math.max(most, 1),
            look.dark ? '#6ea8e0' : '#3f78b5',
          ],
          'fill-opacity': 0.6,
        },
      },
      {
        id: 'merged-line',
        type: 'line',
        source: 'merged',
        paint: { 'line-color': look.dark ? '#f2f2f2' : '#1d2733', 'line-width': 2 },
      },
    );
  }
  layers.forEach((name, n) => {
    sources[`layer-${n}`] = { type: 'geojson', data: `/api/v1/grid/layers/${name}` };
    drawn.push({
      id: `layer-${n}`,
      type: 'line',
      source: `layer-${n}`,
      paint: {
        'line-color': LAYER_COLOURS[n % LAYER_COLOURS.length]!,
        'line-width': 1.5,
        'line-dasharray': [2, 1 + n],
        'line-offset': n,
      },
    });
  });
  return { sources, layers: drawn };
}
