import { expect, test } from 'vitest';
import type { CaseFile } from './api/types';
import { difference } from './difference';

const file = (more: object) =>
  ({ stage: 'accepted', category: 'light', area: null, unit: null, due_at: null, pause: null, parts: [], timeline: [{ seq: 4 }, { seq: 9 }], ...more }) as unknown as CaseFile; // prettier-ignore

test('only what is otherwise than before is told, with the entries that were not seen', () => {
  const after = file({
    stage: 'dispatched',
    unit: 'lights',
    parts: [{ unit: 'roads' }, { unit: 'parks' }],
    timeline: [{ seq: 4 }, { seq: 9 }, { seq: 12 }, { seq: 15 }],
  });
  expect(difference(file({}), after)).toEqual({
    entries: [{ seq: 12 }, { seq: 15 }],
    changes: [
      { field: 'stage', was: ['accepted'], is: ['dispatched'] },
      { field: 'unit', was: [], is: ['lights'] },
      { field: 'assisting', was: [], is: ['roads', 'parks'] },
    ],
  });
});

test('nothing is made up where nothing changed, or nothing was seen before', () => {
  expect(difference(file({}), file({}))).toEqual({ entries: [], changes: [] });
  const unseen = difference(file({ timeline: [] }), file({}));
  expect(unseen.entries.map((entry) => entry.seq)).toEqual([4, 9]);
});
