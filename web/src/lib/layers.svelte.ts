import { api } from './api';
import { Problem } from './api/problem';
import type { Formula } from './api/types';
import { divideQuery } from './filters';
import { office } from './session.svelte';

/** Layers of the desk's map beside the figures: cases as points, as heat, and areas by count. */
export const LAYERS = ['cases', 'heat', 'total', 'open', 'late'] as const;
const COUNTS = ['total', 'open', 'late'] as const;

/** An area with its figure. */
export type AreaFigure = { area: string; value: number };

/** What the areas of the desk's map are coloured by: a count of the cases in the list, or
    a rate under the same areas, categories, units and channels. */
export class AreaFigures {
  formulas = $state.raw<Formula[]>([]);
  figures = $state.raw<AreaFigure[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  #abort: AbortController | null = null;

  /** Reads the rates that may be chosen, the newest version of each. */
  async readFormulas(): Promise<void> {
    try {
      const { formulas } = await api.formulas(new AbortController().signal);
      const newest = new Map(formulas.map((formula) => [formula.code, formula]));
      this.formulas = [...newest.values()].filter((formula) => !formula.retired);
    } catch (error) {
      office.noticed(Problem.of(error));
    }
  }

  /** Reads the figures of a layer; those shown before stay until they are there. */
  async read(layer: string, address: URLSearchParams): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    try {
      const count = COUNTS.find((one) => one === layer);
      const figures = count
        ? await this.#counted(count, address, signal)
        : await this.#rates(layer, address, signal);
      if (signal.aborted) return;
      this.figures = figures;
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
  }

  close(): void {
    this.#abort?.abort();
    this.figures = null;
    this.problem = null;
  }

  async #counted(
    count: (typeof COUNTS)[number],
    address: URLSearchParams,
    signal: AbortSignal,
  ): Promise<AreaFigure[]> {
    const { by_area } = await api.breakdown(divideQuery(address, ['area']), signal);
    return by_area.flatMap((row) => (row.code ? [{ area: row.code, value: row[count] }] : []));
  }

  async #rates(
    formula: string,
    address: URLSearchParams,
    signal: AbortSignal,
  ): Promise<AreaFigure[]> {
    // Of a chosen area these are the rates of the areas within it.
    const { unit, area, category, channel, from, until } = divideQuery(address, []);
    const asked = { unit, area, category, channel, from, until };
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
    const board = await api.board({ ...given, formula, group: 'area' }, signal);
    return board.figures.flatMap(({ key, rate }) =>
      key !== null && rate !== null ? [{ area: key, value: rate }] : [],
    );
  }
}
