import { i18n } from '../i18n/index.svelte';
import { answer, client } from './index';
import { Problem } from './problem';
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type AlertQuery = NonNullable<operations['alerts']['parameters']['query']>;
export type Alert = Schemas['AlertView'];
export type AlertDetail = Schemas['AlertDetail'];
export type AlertStep = Schemas['AlertStepBody'];
export type AlertAction = Schemas['AlertAction'];
export type Colour = Schemas['Colour'];
export type SheetStep = Schemas['SheetStepView'];

/** A thing as SensorThings has it, with what the pages read of it. */
export type Thing = {
  '@iot.id': number;
  name: string;
  description: string;
  properties?: Record<string, unknown>;
  Locations?: { location: { type: string; coordinates: unknown } }[];
  Datastreams?: Stream[];
};

export type Stream = {
  '@iot.id': number;
  name: string;
  unitOfMeasurement: { name: string; symbol: string };
  ObservedProperty?: { name: string };
  Observations?: Observation[];
};

export type Observation = { '@iot.id': number; phenomenonTime: string; result: unknown };

const TIMEOUT_MS = 20_000;

/** SensorThings is no part of the interface's own description, so it is read here. */
async function sta<T>(path: string, query: Record<string, string>): Promise<T> {
  const address = `/sta/v1.1/${path}?${new URLSearchParams(query)}`;
  const asked = fetch(address, {
    headers: { 'Accept-Language': i18n.tag },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const response = await asked.catch((error: unknown) => {
    throw Problem.of(error);
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, body);
  return body as T;
}

export type Page<T> = { value: T[]; '@iot.count'?: number; '@iot.nextLink'?: string };

export const things = {
  /** The names of some things. */
  async names(ids: number[]): Promise<Map<number, string>> {
    if (ids.length === 0) return new Map();
    const page = await sta<Page<Thing>>('Things', {
      $filter: ids.map((id) => `id eq ${id}`).join(' or '),
      $select: 'id,name',
      $top: String(ids.length),
    });
    return new Map(page.value.map((thing) => [thing['@iot.id'], thing.name]));
  },
};

export const sensing = {
  alerts: (query: AlertQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/alerts', { params: { query }, signal })),
  alert: (alert: number) =>
    answer(client.GET('/api/v1/alerts/{alert}', { params: { path: { alert: String(alert) } } })),
  step: (alert: Alert, body: AlertStep) =>
    answer(
      client.POST('/api/v1/alerts/{alert}/steps', {
        params: { path: { alert: String(alert.id) }, header: { 'If-Match': `"${alert.version}"` } },
        body,
      }),
    ),
};
