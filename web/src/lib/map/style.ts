import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Lang } from '../i18n/index.svelte';
import { dark, light, type MapColours } from './colours';

/** What a page lays over the base map; what is `below` leaves the map's names readable. */
export type Overlay = Pick<StyleSpecification, 'sources'> & {
  layers: LayerSpecification[];
  below?: LayerSpecification[];
};

export type MapLook = { dark: boolean; lang: Lang; hasBaseMap: boolean };

export const coloursOf = (look: MapLook): MapColours => (look.dark ? dark : light);

function width(stops: [zoom: number, px: number][]): ExpressionSpecification {
  return [
    'interpolate',
    ['exponential', 1.5],
    ['zoom'],
    ...stops.flat(),
  ] as ExpressionSpecification;
}

const MAJOR = ['motorway', 'trunk', 'primary'];
const MIDDLE = ['secondary', 'tertiary', 'motorway_link', 'trunk_link', 'primary_link'];

function baseLayers(c: MapColours, lang: Lang): LayerSpecification[] {
  const own = lang === 'zh' ? 'name_zh' : 'name_en';
  const name: ExpressionSpecification = ['coalesce', ['get', own], ['get', 'name']];
  const of = { source: 'base' };
  const classIs = (...classes: string[]): ExpressionSpecification => [
    'in',
    ['get', 'class'],
    ['literal', classes],
  ];
  const surface = (
    layer: string,
    colour: string | ExpressionSpecification,
  ): LayerSpecification => ({
    id: `base-${layer}`,
    type: 'fill',
    ...of,
    'source-layer': layer,
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': colour },
  });
  const road = (
    id: string,
    filter: ExpressionSpecification,
    colour: string,
    stops: [number, number][],
    minzoom = 0,
  ): LayerSpecification => ({
    id: `base-road-${id}`,
    type: 'line',
    ...of,
    'source-layer': 'road',
    minzoom,
    filter,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': width(stops) },
  });
  const label = {
    'text-field': name,
    'text-font': ['sans-serif'],
    'text-max-width': 8,
    'text-padding': 6,
  };
  return [
    surface('landuse', [
      'match',
      ['get', 'class'],
      ['industrial', 'railway', 'construction', 'military'],
      c.industrial,
      c.landuse,
    ]),
    surface('green', c.green),
    surface('water', c.water),
    {
      id: 'base-watercourse',
      type: 'line',
      ...of,
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: {
        'line-color': c.water,
        'line-width': width([
          [9, 1],
          [14, 4],
          [17, 10],
        ]),
      },
    },
    { ...surface('building', c.building), minzoom: 14 } as LayerSpecification,
    road('path', classIs('path', 'service'), c.path, [[14, 0.7], [18, 4]], 14), // prettier-ignore
    road('small-edge', classIs('residential'), c.roadEdge, [[12, 0.6], [18, 15]], 12), // prettier-ignore
    road('middle-edge', classIs(...MIDDLE), c.roadEdge, [[9, 0.8], [18, 21]]), // prettier-ignore
    road('major-edge', classIs(...MAJOR), c.majorEdge, [[6, 1], [12, 3.4], [18, 27]]), // prettier-ignore
    road('small', classIs('residential'), c.road, [[12, 0.3], [18, 12]], 13), // prettier-ignore
    road('middle', classIs(...MIDDLE), c.road, [[9, 0.4], [18, 18]]), // prettier-ignore
    road('major', classIs(...MAJOR), c.major, [[6, 0.6], [12, 2.2], [18, 23]]), // prettier-ignore
    {
      id: 'base-rail',
      type: 'line',
      ...of,
      'source-layer': 'rail',
      paint: { 'line-color': c.rail, 'line-width': 1.2, 'line-dasharray': [4, 2] },
    },
    {
      id: 'base-boundary',
      type: 'line',
      ...of,
      'source-layer': 'boundary',
      filter: ['!', classIs('street')],
      paint: { 'line-color': c.boundary, 'line-width': 1, 'line-dasharray': [4, 3] },
    },
    {
      id: 'base-road-name',
      type: 'symbol',
      ...of,
      'source-layer': 'road',
      minzoom: 13,
      filter: ['has', 'name'],
      layout: { ...label, 'symbol-placement': 'line', 'text-size': 11.5 },
      paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'base-water-name',
      type: 'symbol',
      ...of,
      'source-layer': 'water',
      minzoom: 12,
      filter: ['has', 'name'],
      layout: { ...label, 'text-size': 12 },
      paint: { 'text-color': c.waterText, 'text-halo-color': c.halo, 'text-halo-width': 1 },
    },
    {
      id: 'base-place',
      type: 'symbol',
      ...of,
      'source-layer': 'place',
      layout: {
        ...label,
        'text-size': [
          'match',
          ['get', 'class'],
          ['city', 'town'],
          15,
          ['district', 'suburb'],
          13,
          12,
        ],
      },
      paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.5 },
    },
    {
      id: 'base-poi',
      type: 'symbol',
      ...of,
      'source-layer': 'poi',
      minzoom: 15,
      filter: ['has', 'name'],
      layout: { ...label, 'text-size': 11 },
      paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.2 },
    },
  ] as LayerSpecification[];
}

/** The whole style: paper, base map, areas, and what the page lays over them. */
export function mapStyle(look: MapLook, overlay: Overlay, area: string | null): StyleSpecification {
  const c = coloursOf(look);
  const origin = location.origin;
  const areas: LayerSpecification[] = [
    {
      id: 'area-edge',
      type: 'line',
      source: 'areas',
      paint: {
        'line-color': c.area,
        'line-opacity': ['case', ['==', ['get', 'leaf'], true], 0.28, 0.6],
        'line-width': ['case', ['==', ['get', 'leaf'], true], 0.8, 1.6],
      },
    },
    {
      id: 'area-chosen',
      type: 'line',
      source: 'areas',
      filter: ['==', ['get', 'code'], area ?? ''],
      paint: { 'line-color': c.area, 'line-width': 3 },
    },
    {
      id: 'area-name',
      type: 'symbol',
      source: 'areas',
      minzoom: 10.5,
      filter: ['==', ['get', 'leaf'], true],
      layout: {
        'text-field': ['coalesce', ['get', look.lang], ['get', 'zh']],
        'text-font': ['sans-serif'],
        'text-size': 12,
        'text-max-width': 7,
        'text-padding': 8,
      },
      paint: {
        'text-color': c.area,
        'text-halo-color': c.halo,
        'text-halo-width': 1.5,
        'text-opacity': 0.9,
      },
    },
  ];
  const base = look.hasBaseMap ? baseLayers(c, look.lang) : [];
  return {
    version: 8,
    sources: {
      ...(look.hasBaseMap
        ? {
            base: {
              type: 'vector',
              tiles: [`${origin}/tiles/base/{z}/{x}/{y}.mvt`],
              maxzoom: 16,
              attribution: look.lang === 'zh' ? '底图：本市数据目录' : 'Base map: this city’s data',
            },
          }
        : {}),
      areas: { type: 'geojson', data: `${origin}/api/v1/areas.geojson` },
      ...overlay.sources,
    },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': c.land } },
      ...base.filter((layer) => layer.type !== 'symbol'),
      ...(overlay.below ?? []),
      ...base.filter((layer) => layer.type === 'symbol'),
      ...areas,
      ...overlay.layers,
    ],
  };
}
