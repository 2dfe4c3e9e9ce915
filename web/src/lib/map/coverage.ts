import type { LayerSpecification } from 'maplibre-gl';
import type { MapLook, Overlay } from './style';

/** Outlines of the areas, and over them the ground that is not covered once. */
export function coverageOverlay(look: MapLook): Overlay {
  const layers: LayerSpecification[] = [
    {
      id: 'area-line',
      type: 'line',
      source: 'outlines',
      paint: { 'line-color': look.dark ? '#9fb3c4' : '#41566b', 'line-width': 1 },
    },
    {
      id: 'fault-fill',
      type: 'fill',
      source: 'faults',
      paint: {
        'fill-color': ['match', ['get', 'fault'], 'overlap', '#2166ac', '#a50026'],
        'fill-opacity': 0.7,
      },
    },
    {
      id: 'fault-line',
      type: 'line',
      source: 'faults',
      paint: {
        'line-color': ['match', ['get', 'fault'], 'overlap', '#2166ac', '#a50026'],
        'line-width': 3,
      },
    },
  ];
  return {
    sources: {
      outlines: { type: 'geojson', data: '/api/v1/areas.geojson' },
      faults: { type: 'geojson', data: '/api/v1/areas/coverage.geojson' },
    },
    layers,
  };
}
