import { i18n } from '../i18n/index.svelte';
import { Problem } from './problem';
import type {
  Action,
  CaseFile,
  CasePage,
  City,
  Counts,
  Followed,
  NewRequest,
  Received,
  Session,
} from './types';

const TIMEOUT_MS = 20_000;

type Call = {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

async function call<T>(path: string, { method = 'GET', body, headers, signal }: Call = {}) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const request: RequestInit = {
    method,
    headers: {
      'Accept-Language': i18n.tag,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Problem.of(error);
  }
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = text === '' ? undefined : JSON.parse(text);
  } catch {
    parsed = { detail: text.slice(0, 300) };
  }
  if (!response.ok)
    throw new Problem(response.status, parsed, response.headers.get('x-request-id'));
  return parsed as T;
}

/** The part of an action's address: `report_back` is `report-back`. */
const inUrl = (action: Action) => action.replace('_', '-');

export const api = {
  session: () => call<Session>('/api/v1/session'),
  signIn: (user: string, password: string) =>
    call<Session>('/api/v1/session', { method: 'POST', body: { user, password } }),
  signOut: () => call<void>('/api/v1/session', { method: 'DELETE' }),
  city: () => call<City>('/api/v1/city'),
  report: (request: NewRequest, key: string) =>
    call<Received>('/api/v1/requests', {
      method: 'POST',
      body: request,
      headers: { 'Idempotency-Key': key },
    }),
  follow: (code: string) => call<Followed>(`/api/v1/follow/${encodeURIComponent(code)}`),
  answerCallBack: (
    code: string,
    answer: { solved: boolean; satisfaction?: number; note?: string },
  ) =>
    call<Followed>(`/api/v1/follow/${encodeURIComponent(code)}/call-back`, {
      method: 'POST',
      body: answer,
    }),
  askToReopen: (code: string, note: string) =>
    call<Followed>(`/api/v1/follow/${encodeURIComponent(code)}/reopen`, {
      method: 'POST',
      body: { note },
    }),
  cases: (query: URLSearchParams, signal?: AbortSignal) =>
    call<CasePage>(`/api/v1/cases?${query}`, signal ? { signal } : {}),
  counts: (query: URLSearchParams, signal?: AbortSignal) =>
    call<Counts>(`/api/v1/cases/counts?${query}`, signal ? { signal } : {}),
  case: (id: string) => call<CaseFile>(`/api/v1/cases/${encodeURIComponent(id)}`),
  act: (id: string, action: Action, version: number, body: unknown, key: string) =>
    call<CaseFile>(`/api/v1/cases/${encodeURIComponent(id)}/${inUrl(action)}`, {
      method: 'POST',
      body,
      headers: { 'If-Match': `"${version}"`, 'Idempotency-Key': key },
    }),
  proof: (id: string) => call<unknown>(`/api/v1/cases/${encodeURIComponent(id)}/proof`),
};

/** A key under which a call may be sent again without being done twice. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
