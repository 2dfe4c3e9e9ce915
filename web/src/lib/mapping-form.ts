// The form of a mapping of MQTT topics: pure.
import type { Mapping } from './api/sensing';

/** What is typed: the datastreams as lines in their order, the time apart. */
export type Draft = {
  active: boolean;
  topic: string;
  streams: { key: string; stream: string }[];
  result: string;
  timed: boolean;
  time: string;
  time_form: NonNullable<Mapping['time_form']>;
};

export const emptyDraft = (): Draft => ({
  active: true,
  topic: '',
  streams: [{ key: '', stream: '' }],
  result: '',
  timed: false,
  time: '',
  time_form: 'rfc3339',
});

export const draftOf = (mapping: Mapping): Draft => ({
  active: mapping.active,
  topic: mapping.topic,
  streams: Object.entries(mapping.streams).map(([key, stream]) => ({
    key,
    stream: String(stream),
  })),
  result: mapping.result,
  timed: mapping.time != null,
  time: mapping.time ?? '',
  time_form: mapping.time_form ?? 'rfc3339',
});

export const mappingOf = (draft: Draft): Mapping => ({
  active: draft.active,
  topic: draft.topic.trim(),
  streams: Object.fromEntries(draft.streams.map(({ key, stream }) => [key.trim(), Number(stream)])),
  result: draft.result.trim(),
  time: draft.timed ? draft.time.trim() : null,
  time_form: draft.time_form,
});

/** Whether a topic has a part that differs from message to message. */
export const isWild = (topic: string): boolean => topic.split('/').includes('+');

export type Missing = { field: string; what: 'text' | 'stream' | 'twice' };

/** What is missing, all of it at once; the rest is for the server to refuse. */
export function missing(code: string, draft: Draft): Missing[] {
  const found: Missing[] = [];
  if (!code.trim()) found.push({ field: 'code', what: 'text' });
  if (!draft.topic.trim()) found.push({ field: 'topic', what: 'text' });
  const seen = new Set<string>();
  draft.streams.forEach(({ key, stream }, n) => {
    if (!/^[1-9]\d*$/.test(String(stream).trim())) {
      found.push({ field: `streams[${n}].stream`, what: 'stream' });
    }
    const part = key.trim();
    if (isWild(draft.topic) && !part) found.push({ field: `streams[${n}].key`, what: 'text' });
    else if (seen.has(part)) found.push({ field: `streams[${n}].key`, what: 'twice' });
    seen.add(part);
  });
  return found;
}
