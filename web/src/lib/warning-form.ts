// The form of a public warning: pure.
import type { Alert, Colour, Warning, WarningContent } from './api/sensing';
import type { Area, LocalText } from './api/types';
import { momentOf, zonedText } from './roster';

const HOUR_MS = 3_600_000;
/** How long a warning holds unless somebody says otherwise, hours. */
const USUAL_HOURS = 6;

/** What is typed: the time as a `datetime-local` field has it, in the city's zone. */
export type Draft = Omit<WarningContent, 'expires'> & { expires: string };

const empty = (): LocalText => ({ zh: '', en: '' });

export function emptyDraft(now: number, zone: string): Draft {
  return {
    areas: [],
    area_words: empty(),
    colour: 'blue',
    description: empty(),
    event: '',
    event_name: empty(),
    expires: zonedText(new Date(now + USUAL_HOURS * HOUR_MS), zone),
    instruction: empty(),
  };
}

/** What a warning says, to be changed. */
export const draftOf = (content: WarningContent, zone: string): Draft => ({
  ...structuredClone(content),
  expires: zonedText(new Date(content.expires), zone),
});

/** An earlier warning said anew: it holds from now as long as is usual. */
export function draftLike(warning: Warning, now: number, zone: string): Draft {
  return { ...draftOf(warning.content, zone), expires: emptyDraft(now, zone).expires };
}

/** What an alert says of a warning: its cause, colour and area. */
export function draftFromAlert(
  alert: Alert,
  cause: LocalText | undefined,
  areas: Area[],
  now: number,
  zone: string,
): Draft {
  const at = alert.area ? [alert.area] : [];
  const name = cause ?? { zh: alert.cause, en: alert.cause };
  return {
    ...emptyDraft(now, zone),
    areas: at,
    area_words: at.length ? areaWords(at, areas) : empty(),
    colour: alert.colour,
    description: { zh: alert.name.zh, en: alert.name.en },
    event: alert.cause,
    event_name: { zh: name.zh, en: name.en },
  };
}

/** The names of areas, one after the other, in both languages. */
export function areaWords(codes: string[], areas: Area[]): LocalText {
  const names = codes.flatMap((code) => areas.find((area) => area.code === code)?.name ?? []);
  return {
    zh: names.map((name) => name.zh || name.en).join('、'),
    en: names.map((name) => name.en || name.zh).join(', '),
  };
}

/** What is typed, as it is sent. The time may be none: then what it was is sent. */
export function contentOf(draft: Draft, zone: string): WarningContent {
  const expires = momentOf(draft.expires, zone);
  const known = !Number.isNaN(expires.getTime());
  return { ...draft, expires: known ? expires.toISOString() : draft.expires };
}

export type Missing = { field: string; what: 'text' | 'time' };

/** What is missing, all of it at once; the rest is for the server to refuse. */
export function missing(draft: Draft, ground: string | null, zone: string): Missing[] {
  const found: Missing[] = [];
  const text = (field: string, words: string) => {
    if (!words.trim()) found.push({ field, what: 'text' });
  };
  text('content.event', draft.event);
  for (const field of ['event_name', 'area_words', 'description', 'instruction'] as const) {
    text(`content.${field}.zh`, draft[field].zh);
    text(`content.${field}.en`, draft[field].en);
  }
  if (Number.isNaN(momentOf(draft.expires, zone).getTime())) {
    found.push({ field: 'content.expires', what: 'time' });
  }
  if (ground !== null) text('ground', ground);
  return found;
}

export const isAboveYellow = (colour: Colour): boolean => colour === 'orange' || colour === 'red';
