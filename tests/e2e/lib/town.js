// What tests do over HTTP to come to where a page begins.
import assert from 'node:assert/strict';
import { person, sessionOf, url } from './people.js';

async function call(base, path, { method = 'GET', body, headers = {} } = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return { json: text ? JSON.parse(text) : null, headers: answer.headers };
}

/** Somebody signed in, over HTTP. */
export async function signedIn(who, base = url) {
  const cookie = await sessionOf(who, base);
  return {
    get: async (path) => (await call(base, path, { headers: { cookie } })).json,
    /** Puts a body; what has versions is put over the one that was seen. */
    put: async (path, body, seen) => {
      const headers = { cookie, ...(seen === undefined ? {} : { 'If-Match': `"${seen}"` }) };
      return (await call(base, path, { method: 'PUT', body, headers })).json;
    },
    patch: async (path, body) =>
      (await call(base, path, { method: 'PATCH', body, headers: { cookie } })).json,
    post: async (path, body, seen) => {
      const headers = { cookie, ...(seen === undefined ? {} : { 'If-Match': `"${seen}"` }) };
      return (await call(base, path, { method: 'POST', body, headers })).json;
    },
    /** Does something to a case as it is now; gives the case after it. */
    act: async (id, action, body) => {
      const path = `/api/v1/cases/${id}`;
      const { json } = await call(base, path, { headers: { cookie } });
      const headers = { cookie, 'If-Match': `"${json.version}"` };
      return (await call(base, `${path}/${action}`, { method: 'POST', body, headers })).json;
    },
  };
}

/** A new request; gives its number and follow code. */
export async function request(words, more = {}) {
  const body = { words, place: { address: '听帆路 91 号' }, ...more };
  return (await call(url, '/api/v1/requests', { method: 'POST', body })).json;
}

/** How many cases have these words. */
export async function howMany(words) {
  const operator = await signedIn(person('operator'));
  const found = await operator.get(`/api/v1/cases?q=${encodeURIComponent(words)}`);
  return found.cases.length;
}

let lighting;

/** The unit that answers for street lights, and how it signs in. */
export async function lightingUnit() {
  lighting ??= (async () => {
    const operator = await signedIn(person('operator'));
    const { units } = await operator.get('/api/v1/city');
    const unit = units.find((one) => one.duties.includes('street-light') && one.areas.length === 0);
    return { ...unit, staff: person(unit.code) };
  })();
  return lighting;
}

/** A case of a broken street light, brought to a stage over HTTP. */
export async function caseAt(stage, words = '路灯三天没有亮了。') {
  const { id, follow_code: code } = await request(words);
  const unit = await lightingUnit();
  const operator = await signedIn(person('operator'));
  const staff = await signedIn(unit.staff);
  const road = [
    ['accepted', operator, 'accept', { category: 'street-light' }],
    ['dispatched', operator, 'dispatch', { unit: unit.code }],
    ['in_progress', staff, 'start', {}],
    ['reported', staff, 'report-back', { note: '换了灯头。' }],
    ['verified', operator, 'verify', { pass: true }],
    ['closed', operator, 'close', {}],
  ];
  for (const [reached, who, action, body] of stage === 'submitted' ? [] : road) {
    await who.act(id, action, body);
    if (reached === stage) break;
  }
  return { id, code };
}
