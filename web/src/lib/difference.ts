import type { CaseFile, TimelineEntry } from './api/types';

/** What of a case is compared; the rest is told by the entries. */
export const FIELDS = ['stage', 'category', 'area', 'unit', 'assisting', 'due', 'pause'] as const;
export type FieldOfCase = (typeof FIELDS)[number];

/** A field that is no longer as it was: codes and times, empty for none. */
export type Change = { field: FieldOfCase; was: string[]; is: string[] };

/** What happened to a case between two readings of it. */
export type Difference = {
  /** Entries that were not there before, the oldest first. */
  entries: TimelineEntry[];
  changes: Change[];
};

const one = (value: string | null | undefined) => (value ? [value] : []);

const VALUES: Record<FieldOfCase, (file: CaseFile) => string[]> = {
  stage: (file) => [file.stage],
  category: (file) => one(file.category),
  area: (file) => one(file.area),
  unit: (file) => one(file.unit),
  assisting: (file) => file.parts.map((part) => part.unit),
  due: (file) => one(file.due_at),
  pause: (file) => one(file.pause?.kind),
};

/** What changed from one reading of a case to a later one. */
export function difference(before: CaseFile, after: CaseFile): Difference {
  const seen = Math.max(0, ...before.timeline.map((entry) => entry.seq));
  const changes = FIELDS.map((field) => ({
    field,
    was: VALUES[field](before),
    is: VALUES[field](after),
  }));
  return {
    entries: after.timeline.filter((entry) => entry.seq > seen),
    changes: changes.filter(({ was, is }) => was.join() !== is.join()),
  };
}
