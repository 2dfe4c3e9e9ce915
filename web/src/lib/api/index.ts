import createClient from 'openapi-fetch';
import { v7 as newUuid } from 'uuid';
import { i18n } from '../i18n/index.svelte';
import { Problem } from './problem';
import type { paths } from './schema';
import type {
  ActItem,
  Answer,
  BehindQuery,
  BoardQuery,
  Bodies,
  CaseFile,
  CaseQuery,
  Command,
  DossierBody,
  DossierQuery,
  Followed,
  GridAdoption,
  GridPlan,
  NearQuery,
  NeedsQuery,
  NewRequest,
  NewShift,
  QueueQuery,
  RecurringQuery,
  SavedView,
  Swap,
  TableToTake,
  Words,
  NewWhistle,
  WhistleBodies,
  WhistleCommand,
  WhistleFile,
  WhistleQuery,
} from './types';

const TIMEOUT_MS = 20_000;

/** Asks in the reader's language, and does not wait for ever. */
async function reach(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', i18n.tag);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  return fetch(request, { signal });
}

export const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: reach,
  querySerializer: { array: { style: 'form', explode: false } },
});

type Outcome<T> = { data?: T; error?: unknown; response: Response };

/** What was asked for; a [Problem] when it was refused or nobody answered. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call.catch((error: unknown) => {
    throw Problem.of(error);
  });
  if (!response.ok) throw new Problem(response.status, error);
  return data as T;
}

const path = <P extends object>(path: P) => ({ params: { path } });

function act(
  id: string,
  action: Command,
  version: number,
  body: Bodies[Command],
  key: string,
): Promise<CaseFile> {
  const header = { 'If-Match': `"${version}"`, 'Idempotency-Key': key };
  const params = { path: { id }, header };
  // All commands have this form; which body goes with which is in `Bodies`.
  const way = `/api/v1/cases/{id}/${action.replace('_', '-')}` as '/api/v1/cases/{id}/accept';
  return answer(client.POST(way, { params, body: body as Bodies['accept'] }));
}

/** A file may take longer than words. */
const UPLOAD_TIMEOUT_MS = 120_000;

const named = (upload: File) => new URLSearchParams({ name: upload.name.slice(0, 300) });

/** Sends a file as it is: it is no JSON, so the generated client does not send it. */
async function sendFile<T>(
  address: string,
  upload: File,
  headers: Record<string, string>,
): Promise<T> {
  const sent = fetch(address, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': upload.type, 'Accept-Language': i18n.tag },
    body: upload,
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  });
  const response = await sent.catch((error: unknown) => {
    throw Problem.of(error);
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, body);
  return body as T;
}

function actOnWhistle(
  id: string,
  action: WhistleCommand,
  version: number,
  body: WhistleBodies[WhistleCommand],
  key: string,
): Promise<WhistleFile> {
  const header = { 'If-Match': `"${version}"`, 'Idempotency-Key': key };
  const params = { path: { whistle: id }, header };
  // All commands have this form; which body goes with which is in `WhistleBodies`.
  const way =
    `/api/v1/whistles/{whistle}/${action.replace('_', '-')}` as '/api/v1/whistles/{whistle}/confirm';
  return answer(client.POST(way, { params, body: body as WhistleBodies['confirm'] }));
}

export const api = {
  session: () => answer(client.GET('/api/v1/session')),
  signIn: (user: string, password: string) =>
    answer(client.POST('/api/v1/session', { body: { user, password } })),
  signOut: () => answer(client.DELETE('/api/v1/session')),
  city: () => answer(client.GET('/api/v1/city')),
  /** `asResident`: in nobody's name, whoever may be signed in here. */
  report: (request: NewRequest, key: string, asResident = false) =>
    answer(
      client.POST('/api/v1/requests', {
        params: { header: { 'Idempotency-Key': key } },
        body: request,
        ...(asResident ? { credentials: 'omit' } : {}),
      }),
    ),
  table: (body: TableToTake) => answer(client.POST('/api/v1/requests/table', { body })),
  caller: (phone: string, signal: AbortSignal) =>
    answer(client.POST('/api/v1/callers', { body: { phone }, signal })),
  follow: (code: string) => answer(client.GET('/api/v1/follow/{code}', path({ code }))),
  answerCallBack: (code: string, body: Answer, key: string) =>
    answer(
      client.POST('/api/v1/follow/{code}/call-back', {
        params: { path: { code }, header: { 'Idempotency-Key': key } },
        body,
      }),
    ),
  askToReopen: (code: string, note: string, key: string) =>
    answer(
      client.POST('/api/v1/follow/{code}/reopen', {
        params: { path: { code }, header: { 'Idempotency-Key': key } },
        body: { note },
      }),
    ),
  cases: (query: CaseQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/cases', { params: { query }, signal })),
  counts: (query: CaseQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/cases/counts', { params: { query }, signal })),
  queue: (query: QueueQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/queue', { params: { query }, signal })),
  actOnMany: (body: ActItem[]) => answer(client.POST('/api/v1/cases/batch', { body })),
  breakdown: (query: CaseQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/cases/breakdown', { params: { query }, signal })),
  views: () => answer(client.GET('/api/v1/views')),
  setViews: (views: SavedView[], version: number) =>
    answer(
      client.PUT('/api/v1/views', {
        params: { header: { 'If-Match': `"${version}"` } },
        body: { views },
      }),
    ),
  case: (id: string) => answer(client.GET('/api/v1/cases/{id}', path({ id }))),
  suggestion: (id: string) => answer(client.GET('/api/v1/cases/{id}/suggestion', path({ id }))),
  suggest: (words: Words, signal: AbortSignal) =>
    answer(client.POST('/api/v1/suggestions', { body: words, signal })),
  recurring: (query: RecurringQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/cases/recurring', { params: { query }, signal })),
  load: (signal: AbortSignal) => answer(client.GET('/api/v1/figures/load', { signal })),
  near: (query: NearQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/near', { params: { query }, signal })),
  topics: (days: number, signal: AbortSignal) =>
    answer(client.GET('/api/v1/topics', { params: { query: { days } }, signal })),
  act,
  formulas: (signal: AbortSignal) => answer(client.GET('/api/v1/formulas', { signal })),
  board: (query: BoardQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/figures', { params: { query }, signal })),
  behind: (query: BehindQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/figures/cases', { params: { query }, signal })),
  callsBehind: (query: BehindQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/figures/calls', { params: { query }, signal })),
  answerQuestion: (code: string, note: string, key: string) =>
    answer(
      client.POST('/api/v1/follow/{code}/answer-question', {
        params: { path: { code }, header: { 'Idempotency-Key': key } },
        body: { note },
      }),
    ),
  withdraw: (code: string, note: string, key: string) =>
    answer(
      client.POST('/api/v1/follow/{code}/withdraw', {
        params: { path: { code }, header: { 'Idempotency-Key': key } },
        body: { note },
      }),
    ),
  attach: (
    file: Pick<CaseFile, 'id' | 'version'>,
    upload: File,
    forResident: boolean,
    key: string,
  ) =>
    sendFile<CaseFile>(
      `/api/v1/cases/${file.id}/attach?${named(upload)}&for_resident=${forResident}`,
      upload,
      { 'If-Match': `"${file.version}"`, 'Idempotency-Key': key },
    ),
  attachOwn: (code: string, upload: File, key: string) =>
    sendFile<Followed>(
      `/api/v1/follow/${encodeURIComponent(code)}/attach?${named(upload)}`,
      upload,
      {
        'Idempotency-Key': key,
      },
    ),
  duplicates: (id: string) => answer(client.GET('/api/v1/cases/{id}/duplicates', path({ id }))),
  merge: (id: string, into: string, version: number, key: string) =>
    answer(
      client.POST('/api/v1/cases/{id}/merge', {
        params: {
          path: { id },
          header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key },
        },
        body: { into },
      }),
    ),
  unmerge: (id: string, reason: string, version: number, key: string) =>
    answer(
      client.POST('/api/v1/cases/{id}/unmerge', {
        params: {
          path: { id },
          header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key },
        },
        body: { reason },
      }),
    ),
  similar: (request: NewRequest, signal: AbortSignal) =>
    answer(
      client.POST('/api/v1/similar', {
        body: { words: request.words, category: request.category, place: request.place },
        signal,
      }),
    ),
  join: (offer: string, request: NewRequest, key: string) =>
    answer(
      client.POST('/api/v1/similar/{offer}/join', {
        params: { path: { offer }, header: { 'Idempotency-Key': key } },
        body: { words: request.words, reporter: request.reporter ?? {} },
      }),
    ),
  whistles: (query: WhistleQuery, signal: AbortSignal) =>
    answer(client.GET('/api/v1/whistles', { params: { query }, signal })),
  whistle: (id: string) => answer(client.GET('/api/v1/whistles/{whistle}', path({ whistle: id }))),
  blow: (whistle: NewWhistle, key: string) =>
    answer(
      client.POST('/api/v1/whistles', {
        params: { header: { 'Idempotency-Key': key } },
        body: whistle,
      }),
    ),
  actOnWhistle,
  seats: () => answer(client.GET('/api/v1/seats')),
  onDuty: () => answer(client.GET('/api/v1/roster')),
  roster: (unit: string, from: Date, until: Date) =>
    answer(
      client.GET('/api/v1/roster/{unit}', {
        params: {
          path: { unit },
          query: { from: from.toISOString(), until: until.toISOString() },
        },
      }),
    ),
  setRoster: (unit: string, version: number, shifts: NewShift[]) =>
    answer(
      client.POST('/api/v1/roster/{unit}', {
        params: { path: { unit }, header: { 'If-Match': `"${version}"` } },
        body: { shifts },
      }),
    ),
  swapShifts: (unit: string, version: number, body: Swap) =>
    answer(
      client.POST('/api/v1/roster/{unit}/swap', {
        params: { path: { unit }, header: { 'If-Match': `"${version}"` } },
        body,
      }),
    ),
  checkIns: () => answer(client.GET('/api/v1/whistles/check-ins')),
  gridLayers: () => answer(client.GET('/api/v1/grid/layers')),
  setGridLayer: (layer: string, body: Record<string, never>) =>
    answer(client.PUT('/api/v1/grid/layers/{layer}', { ...path({ layer }), body })),
  gridLayerHistory: (layer: string) =>
    answer(client.GET('/api/v1/grid/layers/{layer}/history', path({ layer }))),
  setGridLayerBack: (layer: string, version: number) =>
    answer(
      client.POST('/api/v1/grid/layers/{layer}/set-back', {
        ...path({ layer }),
        body: { version },
      }),
    ),
  gridMerges: () => answer(client.GET('/api/v1/grid/merges')),
  gridPreview: (query: GridPlan) =>
    answer(client.GET('/api/v1/grid/preview', { params: { query } })),
  adoptGrid: (body: GridAdoption) => answer(client.POST('/api/v1/grid/merges', { body })),
  undoGrid: (merge: string) =>
    answer(client.POST('/api/v1/grid/merges/{merge}/undo', { ...path({ merge }), body: {} })),
  proof: (id: string) => answer(client.GET('/api/v1/cases/{id}/proof', path({ id }))),
};

/** What grows out of cases. */
export const dossiers = {
  list: (query: DossierQuery) => answer(client.GET('/api/v1/dossiers', { params: { query } })),
  read: (dossier: string) => answer(client.GET('/api/v1/dossiers/{dossier}', path({ dossier }))),
  open: (body: DossierBody, key: string) =>
    answer(
      client.POST('/api/v1/dossiers', {
        params: { header: { 'Idempotency-Key': key } },
        body,
      }),
    ),
  step: (dossier: string, version: number, body: DossierBody, key: string) =>
    answer(
      client.POST('/api/v1/dossiers/{dossier}', {
        params: {
          path: { dossier },
          header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key },
        },
        body,
      }),
    ),
  speak: (dossier: string, options: number[], who: { follow_code?: string; phone?: string }) =>
    answer(
      client.POST('/api/v1/dossiers/{dossier}/voices', {
        params: { path: { dossier } },
        body: { options, ...who },
      }),
    ),
  remark: (
    dossier: string,
    words: string,
    who: { follow_code?: string; phone?: string },
    key: string,
  ) =>
    answer(
      client.POST('/api/v1/dossiers/{dossier}/remarks', {
        params: { path: { dossier }, header: { 'Idempotency-Key': key } },
        body: { words, ...who },
      }),
    ),
  credit: (dossier: string) =>
    answer(client.GET('/api/v1/dossiers/{dossier}/credit', path({ dossier }))),
  contributions: () => answer(client.GET('/api/v1/contributions')),
  scan: () => answer(client.POST('/api/v1/proposals/scan')),
  needs: (query: NeedsQuery) => answer(client.GET('/api/v1/needs', { params: { query } })),
  signals: () => answer(client.GET('/api/v1/disputes/signals')),
};

/**
 * A key under which a call may be sent again without being done twice. It begins
 * with the time (UUID version 7), so that the server's index of keys grows at its end.
 */
export const freshKey = (): string => newUuid();
