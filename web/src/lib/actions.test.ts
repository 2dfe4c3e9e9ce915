import { expect, test } from 'vitest';
import { bodyOf, Draft, missing, usual } from './actions.svelte';
import type { CaseFile, Command } from './api/types';

/** A case as far as forms look at it. */
function file(more: Partial<CaseFile> = {}): CaseFile {
  return {
    stage: 'in_progress',
    category: 'light',
    area: null,
    unit: 'lights',
    actions: [],
    parts: [],
    suggested_units: [],
    extension_asked: null,
    call_back: null,
    ...more,
  } as unknown as CaseFile;
}

const part = { unit: 'roads', asked_at: '2026-01-01T00:00:00.000Z', reported_at: null };

test('the usual next step is one that somebody waits for', () => {
  const table: [CaseFile['actions'], Command | null][] = [
    [['comment', 'attach'], null],
    [['shelve', 'supervise', 'withdraw'], null],
    [['add_unit', 'redirect', 'close', 'erase'], null],
    [['report_back', 'return'], 'report_back'],
    [['answer_question', 'resume'], 'answer_question'],
    [['resume', 'close'], 'resume'],
  ];
  for (const [actions, step] of table) expect(usual(file({ actions }))).toBe(step);
  expect(usual(file({ actions: ['report_part', 'comment'], parts: [part] }))).toBe('report_part');
});

test('a form names what is lacking and sends what was typed', () => {
  const table: [Command, Partial<Draft>, Partial<CaseFile>, string[], object][] = [
    ['extend', { reason: 'agreed' }, { extension_asked: '2026-01-01T00:00:00.000Z' }, [], { resolve_by: undefined, reason: 'agreed' }], // prettier-ignore
    ['extend', { reason: 'agreed' }, {}, ['when'], { resolve_by: undefined, reason: 'agreed' }],
    ['shelve', { reason: 'awaiting_funds', when: '2026-03-01T08:00', note: ' later ' }, {}, [], { reason: 'awaiting_funds', review_by: new Date('2026-03-01T08:00').toISOString(), note: 'later' }], // prettier-ignore
    ['supervise', { level: 'key' }, {}, ['when', 'note'], { level: 'key', answer_by: '', note: '' }], // prettier-ignore
    ['score', { score: '4', reason: 'good' }, {}, [], { unit: 'lights', score: 4, reason: 'good' }],
    ['return', { reason: 'not_our_duty', note: 'x' }, {}, [], { reason: 'not_our_duty', responsible: undefined, note: 'x' }], // prettier-ignore
    ['report_back', { note: 'done' }, { parts: [part] }, ['reason'], { note: 'done', open_parts_reason: undefined }], // prettier-ignore
    ['recall', { reason: ' ' }, {}, [], { reason: undefined }],
    ['remove_unit', { reason: 'no' }, { parts: [part] }, [], { unit: 'roads', reason: 'no' }],
    ['comment', {}, {}, ['note'], { note: '' }],
    ['resume', {}, {}, [], { note: undefined }],
  ];
  for (const [action, typed, more, lacking, body] of table) {
    const about = file(more);
    const draft = Object.assign(new Draft(about, action), typed);
    expect(
      missing(action, draft, about).map((one) => one.field),
      action,
    ).toEqual(lacking);
    expect(bodyOf(action, draft, about), action).toEqual(body);
  }
});
