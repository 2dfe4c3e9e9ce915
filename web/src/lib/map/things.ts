import type { Alert, Thing } from '../api/sensing';
import { pointOf } from '../things';
import { coloursOf, type MapLook, type Overlay } from './style';

/** The layer in which a click may find a thing. */
export const THING_LAYER = 'things';

const COLOURS = { red: '#a50026', orange: '#e6700f', yellow: '#f5d13b', blue: '#2166ac' };

/** Things as discs; an open alert is a larger disc of its colour with a numeral. */
export function thingsOverlay(look: MapLook, things: Thing[], alerts: Alert[]): Overlay {
  const c = coloursOf(look);
  const numerals = { red: 'I', orange: 'II', yellow: 'III', blue: 'IV' };
  return {
    sources: {
      things: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: things.flatMap((thing) => {
            const point = pointOf(thing);
            if (!point) return [];
            const coordinates = [point.lon, point.lat];
            return [
              {
                type: 'Feature' as const,
                properties: { thing: thing['@iot.id'] },
                geometry: { type: 'Point' as const, coordinates },
              },
            ];
          }),
        },
      },
      alerts: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: alerts.flatMap((alert) =>
            alert.point
              ? [
                  {
                    type: 'Feature' as const,
                    properties: {
                      thing: alert.thing,
                      colour: COLOURS[alert.colour],
                      ink: alert.colour === 'yellow' ? '#15191d' : '#ffffff',
                      numeral: numerals[alert.colour],
                    },
                    geometry: { type: 'Point' as const, coordinates: alert.point },
                  },
                ]
              : [],
          ),
        },
      },
    },
    layers: [
      {
        id: THING_LAYER,
        type: 'circle',
        source: 'things',
        paint: {
          'circle-radius': 6,
          'circle-color': c.open,
          'circle-stroke-color': c.rim,
          'circle-stroke-width': 1.5,
        },
      },
      {
        id: 'alerts',
        type: 'circle',
        source: 'alerts',
        paint: {
          'circle-radius': 12,
          'circle-color': ['get', 'colour'],
          'circle-stroke-color': c.text,
          'circle-stroke-width': 1.5,
        },
      },
      {
        id: 'alert-numerals',
        type: 'symbol',
        source: 'alerts',
        layout: {
          'text-field': ['get', 'numeral'],
          'text-font': ['sans-serif'],
          'text-size': 12,
        },
        paint: { 'text-color': ['get', 'ink'] },
      },
    ],
  };
}
