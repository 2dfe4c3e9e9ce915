// What can be done to many cases of a queue at once: pure, so that it can be tested alone.
import type { ActItem, ActRow, Action, Bodies, CaseRow, QueueRow } from './api/types';

/** Steps that the queue takes for many cases, the usual ones first. */
export const BULK = [
  'start',
  'report_back',
  'report_part',
  'ask_extension',
  'extend',
  'refuse_extension',
  'return',
  'comment',
] as const satisfies readonly Action[];

export type BulkAction = (typeof BULK)[number];

/** What is typed once for all of them. */
export type BulkDraft = {
  note: string;
  reason: string;
  openParts: string;
  responsible: string;
  /** A date and time as the browser's own field has them. */
  when: string;
};

export const emptyDraft = (): BulkDraft => ({
  note: '',
  reason: '',
  openParts: '',
  responsible: '',
  when: '',
});

export type BulkField = keyof BulkDraft;

/** Fields that each step's form has, and which of them must be filled. */
const FIELDS: Record<BulkAction, { has: BulkField[]; needs: BulkField[] }> = {
  start: { has: [], needs: [] },
  report_back: { has: ['note'], needs: ['note'] },
  report_part: { has: ['note'], needs: ['note'] },
  ask_extension: { has: ['when', 'reason'], needs: ['when', 'reason'] },
  extend: { has: ['when', 'reason'], needs: ['reason'] },
  refuse_extension: { has: ['reason'], needs: ['reason'] },
  return: { has: ['reason', 'responsible', 'note'], needs: ['reason', 'note'] },
  comment: { has: ['note'], needs: ['note'] },
};

const waitsForParts = (rows: Pick<QueueRow, 'open_parts'>[]) =>
  rows.some((row) => row.open_parts.length > 0);

/** The fields of a step's form for these cases. */
export function fieldsOf(action: BulkAction, rows: Pick<QueueRow, 'open_parts'>[]): BulkField[] {
  const { has } = FIELDS[action];
  return action === 'report_back' && waitsForParts(rows) ? [...has, 'openParts'] : has;
}

/** Fields that are not filled and must be. */
export function lacking(
  action: BulkAction,
  draft: BulkDraft,
  rows: Pick<QueueRow, 'open_parts'>[],
): BulkField[] {
  const needs = [...FIELDS[action].needs];
  if (action === 'report_back' && waitsForParts(rows)) needs.push('openParts');
  return needs.filter((field) => !draft[field].trim());
}

/** The body of the step for one of them. */
export function bodyFor(
  action: BulkAction,
  draft: BulkDraft,
  row: Pick<QueueRow, 'open_parts'>,
): Bodies[BulkAction] {
  const note = draft.note.trim();
  const reason = draft.reason.trim();
  const when = draft.when ? new Date(draft.when).toISOString() : '';
  switch (action) {
    case 'start':
      return {};
    case 'report_back': {
      const waits = row.open_parts.length > 0;
      return { note, open_parts_reason: waits ? draft.openParts.trim() : undefined };
    }
    case 'report_part':
    case 'comment':
      return { note };
    case 'ask_extension':
      return { resolve_by: when, reason };
    case 'extend':
      return { resolve_by: when || undefined, reason };
    case 'refuse_extension':
      return { reason };
    case 'return':
      return {
        reason: reason as Bodies['return']['reason'],
        responsible: draft.responsible || undefined,
        note,
      };
  }
}

/** The steps that one of these cases allows, each with how many do. */
export function possibleFor(
  rows: Pick<QueueRow, 'actions'>[],
): { action: BulkAction; count: number }[] {
  return BULK.map((action) => ({
    action,
    count: rows.filter((row) => row.actions.includes(action)).length,
  })).filter((one) => one.count > 0);
}

/** What became of one case. */
export type Outcome = {
  id: string;
  /** The case after it; `null` when it was not done. */
  after: CaseRow | null;
  /** Why it was not done. */
  why: string | null;
};

/** The outcomes of the items of a call, in their order. */
export function outcomesOf(items: Pick<ActItem, 'id'>[], rows: ActRow[]): Outcome[] {
  return items.map((item, index) => {
    const row = rows.find((one) => one.index === index);
    return {
      id: item.id,
      after: row?.case ?? null,
      why: row?.problem?.detail ?? null,
    };
  });
}

/** Rows between two of them, both included, in the order of the page. */
export function between(ids: string[], from: string, to: string): string[] {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  if (a < 0 || b < 0) return ids.filter((id) => id === to);
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
