import type { Alert, AlertQuery, Colour } from './api/sensing';

/** The colours, the gravest first. */
export const COLOURS: Colour[] = ['red', 'orange', 'yellow', 'blue'];

/** What the desk shows by how far somebody is with an alert. */
export const STATES = ['open', 'raised', 'held', 'quiet', 'all'] as const;
export type State = (typeof STATES)[number];

export const stateOf = (address: URLSearchParams): State =>
  STATES.find((state) => state === address.get('state')) ?? 'open';

/** The colour that an address of the desk asks for. */
export const colourOf = (address: URLSearchParams): Colour | null =>
  COLOURS.find((one) => one === address.get('colour')) ?? null;

/** What the server is asked for an address of the desk: all colours, since each is counted. */
export function alertQuery(address: URLSearchParams): AlertQuery {
  const query: AlertQuery = {};
  if (stateOf(address) !== 'all') query.open = true;
  const area = address.get('area');
  if (area) query.area = [area];
  const cause = address.get('cause');
  if (cause) query.cause = cause;
  return query;
}

/** Whether an alert fits what the server was asked, as far as the page can tell: an area
    may lie within another, which it leaves to the server. */
export function surelyFits(alert: Alert, query: AlertQuery): boolean {
  return (
    (query.open === undefined || query.open === alert.open) &&
    (query.cause === undefined || query.cause === alert.cause) &&
    (query.thing === undefined || query.thing === alert.thing) &&
    (query.area === undefined || (alert.area !== null && query.area.includes(alert.area)))
  );
}

export function isQuiet(alert: Alert, now: number): boolean {
  const silenced = alert.silenced_until !== null && Date.parse(alert.silenced_until) > now;
  return silenced || alert.inhibitor !== null;
}

/** A reading that was put right or taken back; a value is missing where there is none. */
export type AmendedReading = { at: string; id: number; stream: number; was?: number; now?: number };

/** The readings that a step of an alert tells were amended; it tells some of very many. */
export function amendedOf(step: { data: unknown }): AmendedReading[] {
  const told = (step.data as { readings_amended?: { readings: AmendedReading[] } })
    .readings_amended;
  return told?.readings ?? [];
}

/** What judging an alert again came to; from when on and by which rule, where it would be raised. */
export type JudgedAgain = {
  verdict: NonNullable<Alert['again']>['verdict'];
  at: string | null;
  rule: string | null;
};

/** What a step of an alert tells of judging it again, if it does. */
export function judgedAgainOf(step: { data: unknown }): JudgedAgain | null {
  type Verdict =
    | { raised: { at: string; rule: string } }
    | { not_raised: object }
    | { unclear: { why: JudgedAgain['verdict'] } };
  const told = (step.data as { judged_again?: { verdict: Verdict } }).judged_again?.verdict;
  if (!told) return null;
  if ('raised' in told) return { verdict: 'raised', at: told.raised.at, rule: told.raised.rule };
  const verdict = 'unclear' in told ? told.unclear.why : 'not_raised';
  return { verdict, at: null, rule: null };
}

/** Whether an alert is in a state of the desk. */
export function isIn(state: State, alert: Alert, now: number): boolean {
  if (state === 'all') return true;
  if (!alert.open) return false;
  if (state === 'raised') return alert.handling === 'raised' && !isQuiet(alert, now);
  if (state === 'held') return alert.handling !== 'raised';
  return state !== 'quiet' || isQuiet(alert, now);
}

export type Group = { key: string; area: string | null; cause: string; alerts: Alert[] };

const rank = (alert: Alert) => COLOURS.indexOf(alert.colour);
const gravest = (alerts: Alert[]) => Math.min(...alerts.map(rank));

/** Alerts of one place and cause together, the gravest first. */
export function grouped(alerts: Alert[]): Group[] {
  const groups = new Map<string, Group>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.area, alert.cause]);
    const group = groups.get(key) ?? { key, area: alert.area, cause: alert.cause, alerts: [] };
    group.alerts.push(alert);
    groups.set(key, group);
  }
  for (const group of groups.values()) {
    group.alerts.sort((a, b) => rank(a) - rank(b) || b.id - a.id);
  }
  return [...groups.values()].sort((a, b) => gravest(a.alerts) - gravest(b.alerts));
}

/** How many there are of each colour. */
export function byColour(alerts: Alert[]): Record<Colour, number> {
  const counts = { red: 0, orange: 0, yellow: 0, blue: 0 };
  for (const alert of alerts) counts[alert.colour] += 1;
  return counts;
}
