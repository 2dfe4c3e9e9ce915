import { api } from './api';
import { Problem } from './api/problem';
import type { Formula } from './api/types';
import { ratesQuery } from './filters';
import { office } from './session.svelte';

/** Layers of the desk's map beside the rates of areas: cases as points, and as heat. */
export const LAYERS = ['cases', 'heat'] as const;

/** An area with its figure. */
export type AreaFigure = { area: string; value: number };

/** What the areas of the desk's map are coloured by: a rate under the same categories,
    units, channels and times as the list. */
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
      this.formulas = [...newest.values()];
    } catch (error) {
      office.noticed(Problem.of(error));
    }
  }

  /** Reads the figures of a layer; those shown before stay until they are there. */
  async read(layer: string, address: URLSearchParams): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    try {
      const figures = await this.#rates(layer, address, signal);
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

  async #rates(
    formula: string,
    address: URLSearchParams,
    signal: AbortSignal,
  ): Promise<AreaFigure[]> {
    const board = await api.board({ ...ratesQuery(address), formula, group: 'area' }, signal);
    return board.figures.flatMap(({ key, rate }) =>
      key !== null && rate !== null ? [{ area: key, value: rate }] : [],
    );
  }
}
