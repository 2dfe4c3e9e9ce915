/** One entry as the page shows it, to be compared with what the record holds. */
export type Shown = {
  index: number;
  event: string;
  by: string;
  recorded_at: string;
  grounds: string | null;
  data: unknown;
  /** What the resident said, or the note; `null` where nothing is shown. */
  text: string | null;
  address: string | null;
};

/** What an entry of the record and the text sealed beside it say. */
export type Held = {
  kind: string;
  by: string;
  at: string;
  grounds: unknown;
  data: unknown;
  /** `null` when it is not there to be compared with. */
  sealed: string | null;
  /** Whether there is no sealed text at all: none was sealed, or it was erased. */
  wordless: boolean;
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values of JSON are the same, in whatever order their keys stand. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => same(value, b[at]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
    );
  }
  return a === b;
}

function sameWords(shown: Shown, held: Held): boolean {
  if (held.wordless) return shown.text === null && shown.address === null;
  if (held.sealed === null) return true;
  let body: unknown;
  try {
    body = JSON.parse(held.sealed);
  } catch {
    return false;
  }
  if (!isRecord(body)) return false;
  const request = body['request'];
  if (!isRecord(request)) return body['note'] === shown.text;
  const place = isRecord(request['place']) ? request['place'] : {};
  return request['words'] === shown.text && (place['address'] ?? null) === shown.address;
}

/** Whether the page shows just what the record holds: a server could prove one
    thing and show another. */
export function agrees(shown: Shown, held: Held): boolean {
  const event = isRecord(held.data) ? held.data['event'] : null;
  return (
    held.kind === `case.${shown.event}` &&
    held.by === shown.by &&
    held.at === shown.recorded_at &&
    (held.grounds ?? null) === shown.grounds &&
    isRecord(event) &&
    same(event[shown.event], shown.data) &&
    sameWords(shown, held)
  );
}
