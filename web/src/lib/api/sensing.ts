import { i18n } from '../i18n/index.svelte';
import { answer, client } from './index';
import { Problem } from './problem';
import type { components, operations } from './schema';
import type { Setting } from '../settings/keeper.svelte';
import type { Scope } from './rules';
import type { LocalText } from './types';

type Schemas = components['schemas'];

export type AlertQuery = NonNullable<operations['alerts']['parameters']['query']>;
export type Alert = Schemas['AlertView'];
export type AlertDetail = Schemas['AlertDetail'];
export type AlertStep = Schemas['AlertStepBody'];
export type AlertAction = Schemas['AlertAction'];
export type Colour = Schemas['Colour'];
export type AlertReports = Schemas['AlertReportsView'];
export type AlertCase = Schemas['AlertCaseBody'];
export type SheetStep = Schemas['SheetStepView'];

export type PublicWarning = Schemas['PublicWarning'];
/** What a warning says; its form is described in docs/API.md. */
export type WarningContent = {
  areas?: string[];
  area_words: LocalText;
  colour: Colour;
  description: LocalText;
  event: string;
  event_name: LocalText;
  expires: string;
  instruction: LocalText;
  outlines?: { lon: number; lat: number }[][];
};
export type WarningStatus = Warning['status'];
export type Warning = Omit<Schemas['WarningView'], 'content'> & { content: WarningContent };
export type WarningStep =
  | { action: 'approve' }
  | { action: 'issue' }
  | { action: 'cancel'; reason: string }
  | { action: 'revise' | 'update'; content: WarningContent };
/** From which amount within how many hours on a colour is due. */
export type Table = {
  event: string;
  event_name: LocalText;
  lines: { amount: number; colour: Colour; hours: number }[];
  streams: Scope;
};
export type WarningSettings = { sender: { code: string; sender: string }; tables: Table[] };
export type Device = Schemas['DeviceView'];
export type DeviceBody = Schemas['DeviceBody'];
export type Mqtt = Schemas['MqttView'];
export type DeviceKey = Schemas['DeviceKeyView'];
export type DeviceVersion = Schemas['DeviceVersion'];
export type Mapping = Schemas['MappingBody'];
export type Summary = Schemas['SummaryView'];
export type Baseline = Schemas['BaselineView'];
export type Expected = Schemas['ExpectedView'];
export type Expert = Schemas['BaselineExpert'];
export type Every = 'minute' | 'hour' | 'day';

/** What has a name, and perhaps one in each language among its properties. */
export type Labelled = { name: string; properties?: Record<string, unknown> };

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
  ObservedProperty?: { name: string; properties?: Record<string, unknown> };
  Observations?: Observation[];
};

export type Observation = { '@iot.id': number; phenomenonTime: string; result: unknown };

const TIMEOUT_MS = 20_000;

/** SensorThings is no part of the interface's own description, so it is read here. */
export async function sta<T>(path: string, query: Record<string, string>): Promise<T> {
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

const LATEST = 'Observations($orderby=phenomenonTime desc;$top=1)';
const WITH_LATEST = `Locations,Datastreams($expand=ObservedProperty,${LATEST})`;

/** Things whose name or description has these words. */
const named = (words: string) =>
  `substringof('${words}',name) or substringof('${words}',description)`;

export const things = {
  /** Things with the latest reading of each stream, the newest thing first. */
  list: (words: string, skip: number, top: number) =>
    sta<Page<Thing>>('Things', {
      $expand: WITH_LATEST,
      $orderby: 'id desc',
      $skip: String(skip),
      $top: String(top),
      $count: 'true',
      ...(words ? { $filter: named(words.replaceAll("'", "''")) } : {}),
    }),
  read: (id: number) => sta<Thing>(`Things(${id})`, { $expand: WITH_LATEST }),
  /** The names of some things. */
  async names(ids: number[]): Promise<Map<number, Labelled>> {
    if (ids.length === 0) return new Map();
    const page = await sta<Page<Thing>>('Things', {
      $filter: ids.map((id) => `id eq ${id}`).join(' or '),
      $select: 'id,name,properties',
      $top: String(ids.length),
    });
    return new Map(page.value.map((thing) => [thing['@iot.id'], thing]));
  },
};

export const sensing = {
  publicWarnings: () => answer(client.GET('/api/v1/public-warnings')),
  warnings: (all: boolean) =>
    answer(
      client.GET('/api/v1/warnings', { params: { query: all ? {} : { open: true } } }),
    ) as Promise<{ warnings: unknown[] }> as Promise<{ warnings: Warning[] }>,
  stepWarning: (warning: Pick<Warning, 'id' | 'version'>, body: WarningStep) =>
    answer(
      client.POST('/api/v1/warnings/{warning}/steps', {
        params: {
          path: { warning: String(warning.id) },
          header: { 'If-Match': `"${warning.version}"` },
        },
        // What a warning says is not in the interface's own description.
        body: body as Schemas['WarningStepBody'],
      }),
    ),
  warning: async (warning: number) =>
    (await answer(
      client.GET('/api/v1/warnings/{warning}', { params: { path: { warning: String(warning) } } }),
    )) as unknown as { warning: Warning; steps: SheetStep[] },
  draftWarning: (body: {
    alert: number | null;
    content: WarningContent;
    ground: string;
    status: WarningStatus;
  }) => answer(client.POST('/api/v1/warnings', { body: body as object as Schemas['DraftBody'] })),
  /** What a warning would say in CAP: of one that was issued, its update or its end. */
  cap: async (
    status: WarningStatus,
    content: WarningContent,
    warning: number | null,
    cancel: boolean,
  ) =>
    (await answer(
      client.POST('/api/v1/warnings/cap', {
        body: { status, content, warning, cancel } as object as Schemas['CapBody'],
        parseAs: 'text',
      }),
    )) as string,
  warningSettings: async () =>
    (await answer(client.GET('/api/v1/warning-settings'))) as unknown as Setting<WarningSettings>,
  warningSettingsHistory: async () =>
    (await answer(client.GET('/api/v1/warning-settings/history')))
      .versions as unknown as Setting<WarningSettings>[],
  setWarningSettings: (version: number, value: WarningSettings, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/warning-settings', {
        params: { header: { 'If-Match': `"${version}"` } },
        body: { value: value as object as Schemas['WarningSettings'], grounds },
      }),
    ),
  devices: () => answer(client.GET('/api/v1/devices')),
  mqtt: () => answer(client.GET('/api/v1/mqtt')),
  setDevice: (device: string, version: number, body: DeviceBody) =>
    answer(
      client.PUT('/api/v1/devices/{device}', {
        params: { path: { device }, header: { 'If-Match': `"${version}"` } },
        body,
      }),
    ),
  keys: (device: string) =>
    answer(client.GET('/api/v1/devices/{device}/keys', { params: { path: { device } } })),
  /** A new key; with `others`, those it had before end in the same change. */
  newKey: (device: string, others: boolean) =>
    answer(
      client.POST('/api/v1/devices/{device}/key', {
        params: { path: { device } },
        body: { end_others: others },
      }),
    ),
  endKey: (device: string, key: string) =>
    answer(
      client.DELETE('/api/v1/devices/{device}/keys/{key}', { params: { path: { device, key } } }),
    ),
  deviceHistory: async (device: string): Promise<Setting<DeviceVersion>[]> =>
    (await answer(client.GET('/api/v1/devices/{device}/history', { params: { path: { device } } })))
      .versions,
  mappings: async (): Promise<Setting<Mapping>[]> =>
    (await answer(client.GET('/api/v1/mqtt/mappings'))).settings,
  mappingHistory: async (mapping: string): Promise<Setting<Mapping>[]> =>
    (
      await answer(
        client.GET('/api/v1/mqtt/mappings/{mapping}/history', { params: { path: { mapping } } }),
      )
    ).versions,
  setMapping: (mapping: string, version: number, value: Mapping, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/mqtt/mappings/{mapping}', {
        params: { path: { mapping }, header: { 'If-Match': `"${version}"` } },
        body: { value, grounds },
      }),
    ),
  tryMapping: (mapping: Mapping, topic: string, message: string) =>
    answer(client.POST('/api/v1/mqtt/mappings/try', { body: { mapping, topic, message } })),
  release: (device: string, reason: string) =>
    answer(
      client.POST('/api/v1/devices/{device}/release', {
        params: { path: { device } },
        body: { reason },
      }),
    ),
  summaries: (stream: number, from: string, to: string, every: Every) =>
    answer(
      client.GET('/api/v1/readings/summaries', {
        params: { query: { stream: [stream], from, to, every } },
      }),
    ),
  /** What was expected of a stream, learned without a look ahead. */
  baseline: (stream: number, from: string, to: string, every: Every) =>
    answer(
      client.GET('/api/v1/readings/baseline', { params: { query: { stream, from, to, every } } }),
    ),
  alerts: (query: AlertQuery, signal: AbortSignal | null = null) =>
    answer(client.GET('/api/v1/alerts', { params: { query }, signal })),
  alert: (alert: number) =>
    answer(client.GET('/api/v1/alerts/{alert}', { params: { path: { alert: String(alert) } } })),
  /** Open cases that may be about the same thing as an alert. */
  reports: (alert: number) =>
    answer(
      client.GET('/api/v1/alerts/{alert}/reports', {
        params: { path: { alert: String(alert) } },
      }),
    ),
  /** Has a case take an alert on: one that is there, or a new one. */
  makeCase: (alert: Alert, body: AlertCase) =>
    answer(
      client.POST('/api/v1/alerts/{alert}/case', {
        params: { path: { alert: String(alert.id) }, header: { 'If-Match': `"${alert.version}"` } },
        body,
      }),
    ),
  step: (alert: Alert, body: AlertStep) =>
    answer(
      client.POST('/api/v1/alerts/{alert}/steps', {
        params: { path: { alert: String(alert.id) }, header: { 'If-Match': `"${alert.version}"` } },
        body,
      }),
    ),
};
