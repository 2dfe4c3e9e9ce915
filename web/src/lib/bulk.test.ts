import { describe, expect, it } from 'vitest';
import { between, bodyFor, emptyDraft, fieldsOf, lacking, outcomesOf, possibleFor } from './bulk';

const alone = { open_parts: [] };
const helped = { open_parts: ['roads'] };

describe('a step for many cases', () => {
  it('asks once for what all of them need, and only them', () => {
    expect(fieldsOf('start', [alone])).toEqual([]);
    expect(fieldsOf('report_back', [alone])).toEqual(['note']);
    expect(fieldsOf('report_back', [alone, helped])).toEqual(['note', 'openParts']);
    expect(lacking('report_back', { ...emptyDraft(), note: ' ' }, [helped])).toEqual([
      'note',
      'openParts',
    ]);
    expect(lacking('return', { ...emptyDraft(), note: 'x' }, [alone])).toEqual(['reason']);
    expect(lacking('extend', { ...emptyDraft(), reason: 'x' }, [alone])).toEqual([]);
  });

  it('says of each case what is true of it', () => {
    const draft = { ...emptyDraft(), note: ' done ', openParts: 'dry already' };
    expect(bodyFor('report_back', draft, alone)).toEqual({ note: 'done' });
    expect(bodyFor('report_back', draft, helped)).toEqual({
      note: 'done',
      open_parts_reason: 'dry already',
    });
    expect(bodyFor('start', draft, alone)).toEqual({});
    const asked = bodyFor('ask_extension', { ...draft, when: '2026-03-04T10:00', reason: 'r' }, alone); // prettier-ignore
    expect(asked).toEqual({
      resolve_by: new Date('2026-03-04T10:00').toISOString(),
      reason: 'r',
    });
    expect(bodyFor('extend', { ...draft, reason: 'r' }, alone)).toEqual({ reason: 'r' });
  });

  it('is offered where one of them allows it, the usual first', () => {
    const rows = [{ actions: ['return', 'start'] }, { actions: ['comment', 'start'] }] as Parameters<
      typeof possibleFor
    >[0]; // prettier-ignore
    expect(possibleFor(rows)).toEqual([
      { action: 'start', count: 2 },
      { action: 'return', count: 1 },
      { action: 'comment', count: 1 },
    ]);
  });

  it('tells what became of each', () => {
    const problem = { code: 'case.changed', detail: 'changed', retry: false };
    const rows = [{ index: 1, outcome: 'refused' as const, case: null, problem }];
    expect(outcomesOf([{ id: 'C1' }, { id: 'C2' }], rows)).toEqual([
      { id: 'C1', after: null, why: null },
      { id: 'C2', after: null, why: 'changed' },
    ]);
  });
});

it('a range holds both of its ends, whichever came first', () => {
  const ids = ['C1', 'C2', 'C3', 'C4'];
  expect(between(ids, 'C3', 'C1')).toEqual(['C1', 'C2', 'C3']);
  expect(between(ids, 'C2', 'C2')).toEqual(['C2']);
  expect(between(ids, 'C9', 'C2')).toEqual(['C2']);
});
