import type { FormulaVersion, NewFormula } from '../api/settings';

/** A condition of a clause: whether it has to hold, or must not. */
export type Row = { code: string; holds: boolean };
export type Reason = { code: string; reason: { zh: string; en: string }; when: Row[] };

/** A formula as its form holds it. */
export type Draft = {
  code: string;
  name: { zh: string; en: string };
  counted: NewFormula['counted'];
  dated: NewFormula['dated'];
  better: NewFormula['better'];
  /** `''` where no time is measured. */
  measured: NonNullable<NewFormula['measured']> | '';
  enough: number;
  exclusions: Reason[];
  met: Row[];
};

/** What is asked of what: `of_calls` conditions are of calls of whistles. */
export type Condition = { code: string; of_calls: boolean };

export const COUNTED = ['cases', 'turns', 'calls'] as const;
export const BETTER = ['higher', 'lower', 'neither'] as const;
export const MEASURED = ['', 'whole', 'at_unit', 'at_desk'] as const;

const OF_CASES = ['submitted', 'dispatched', 'closed'] as const;

/** The times by which what is counted can fall into a period. */
export const datesOf = (counted: Draft['counted']): readonly Draft['dated'][] =>
  counted === 'calls' ? ['called'] : OF_CASES;

type Clause = { all: string[]; none: string[] };

const rowsOf = ({ all = [], none = [] }: Partial<Clause>): Row[] => [
  ...all.map((code) => ({ code, holds: true })),
  ...none.map((code) => ({ code, holds: false })),
];

const codes = (rows: Row[], holds: boolean) =>
  rows.filter((row) => row.code && row.holds === holds).map((row) => row.code);
const clauseOf = (rows: Row[]): Clause => ({ all: codes(rows, true), none: codes(rows, false) });

/** A draft that begins as a version stands. */
export function draftOf(version: FormulaVersion): Draft {
  const { code, name, counted, dated, better, measured, enough, exclusions, met } = version;
  return {
    code,
    name: { ...name },
    counted,
    dated,
    better,
    measured: measured ?? '',
    enough,
    exclusions: exclusions.map(({ code, reason, when }) => ({
      code,
      reason: { ...reason },
      when: rowsOf(when),
    })),
    met: rowsOf(met),
  };
}

/** A formula of which nothing is said yet. */
export const emptyDraft = (): Draft => ({
  code: '',
  name: { zh: '', en: '' },
  counted: 'cases',
  dated: 'closed',
  better: 'higher',
  measured: '',
  enough: 30,
  exclusions: [],
  met: [{ code: '', holds: true }],
});

/** What is sent of a draft, but why it is made. */
export function bodyOf(draft: Draft, version: number): Omit<NewFormula, 'grounds'> {
  const clauses = {
    exclusions: draft.exclusions.map(({ code, reason, when }) => ({
      code,
      reason: { ...reason },
      when: clauseOf(when),
    })),
    met: clauseOf(draft.met),
  };
  return {
    code: draft.code.trim(),
    version,
    name: { ...draft.name },
    counted: draft.counted,
    dated: draft.dated,
    better: draft.better,
    enough: draft.enough,
    measured: draft.measured || null,
    ...clauses,
  } as Omit<NewFormula, 'grounds'>;
}

/** Counts something else: what cannot be asked of it is taken out. */
export function countAnew(draft: Draft, counted: Draft['counted'], all: Condition[]): void {
  draft.counted = counted;
  const calls = counted === 'calls';
  const [first] = datesOf(counted);
  if (first && !datesOf(counted).includes(draft.dated)) draft.dated = first;
  if (calls) draft.measured = '';
  const fits = ({ code }: Row) =>
    !code || all.some((one) => one.code === code && one.of_calls === calls);
  draft.met = draft.met.filter(fits);
  for (const one of draft.exclusions) one.when = one.when.filter(fits);
}

/** A code that no other reason of the draft has. */
export function freshCode(draft: Draft): string {
  const taken = new Set(draft.exclusions.map((one) => one.code));
  let number = draft.exclusions.length + 1;
  while (taken.has(`reason-${number}`)) number++;
  return `reason-${number}`;
}
