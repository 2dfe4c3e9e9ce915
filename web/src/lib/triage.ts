import { Draft } from './actions.svelte';
import type { CaseFile, Suggestion } from './api/types';
import type { Attempt } from './attempt';

/** A unit that may lead a case, as the city's judgement orders them. */
export type Lead = { unit: string; handled: number | null };

/** What the city's judgement would do with a case that waits for the desk. */
export type Plan = {
  category: string;
  /** Probability that the category is right, 0 to 1; `null` where a person chose it. */
  confidence: number | null;
  /** Words that decided, the strongest first. */
  words: string[];
  /** Units that may lead, the likeliest first. */
  leads: Lead[];
};

/** Whether the desk may take a case on or dispatch it, so that a suggestion helps. */
export const awaitsDispatch = (file: CaseFile): boolean =>
  file.actions.includes('dispatch') || file.actions.includes('accept');

/** The plans for a case, the likeliest first: one for each category that fits a case
    that is not accepted yet, the one category of a case that is. */
export function plansFor(file: CaseFile, suggestion: Suggestion | null): Plan[] {
  const suggested = suggestion?.categories ?? [];
  if (file.actions.includes('dispatch') && file.category) {
    const { category } = file;
    const known = suggested.find((one) => one.category === category);
    const handled = new Map(known?.units.map((one) => [one.unit, one.handled]));
    return [
      {
        category,
        confidence: null,
        words: known?.words ?? [],
        leads: file.suggested_units.map(({ unit }) => ({
          unit,
          handled: handled.get(unit) ?? null,
        })),
      },
    ];
  }
  if (!file.actions.includes('accept')) return [];
  return suggested.map(({ category, confidence, words, units }) => ({
    category,
    confidence,
    words,
    leads: units.map(({ unit, handled }) => ({ unit, handled })),
  }));
}

/** What somebody decided: under which category, and to whom; no unit, to accept it only. */
export type Decision = { category: string; unit: string | null };

/** The next command towards what was decided; `null` once it is done. */
export function nextStep({ category, unit }: Decision, file: CaseFile): Attempt | null {
  if (file.stage === 'submitted') {
    const draft = new Draft(file, 'accept');
    draft.category = category;
    return { action: 'accept', draft };
  }
  if (!unit || file.stage === 'dispatched') return null;
  const draft = new Draft(file, 'dispatch');
  draft.unit = unit;
  return { action: 'dispatch', draft };
}
