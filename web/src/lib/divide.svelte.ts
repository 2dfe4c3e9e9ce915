import { api } from './api';
import { Problem } from './api/problem';
import type { Breakdown, CaseQuery } from './api/types';
import { divideQuery } from './filters';
import { office } from './session.svelte';

/** By what the desk's charts divide, and the filters that their bars set. */
export const DIVIDED = {
  category: ['category'],
  area: ['area'],
  hour: ['from', 'until'],
} as const;

/** How the cases of the desk divide, beside the list of them. */
export class Divided {
  category = $state.raw<Breakdown['by_category'] | null>(null);
  area = $state.raw<Breakdown['by_area'] | null>(null);
  hour = $state.raw<Breakdown['by_hour'] | null>(null);
  problem = $state.raw<Problem | null>(null);
  #abort: AbortController | null = null;

  /** Reads how the cases of an address divide. A chart whose bar is chosen shows the
      others too; those that choose nothing are one question. */
  async read(address: URLSearchParams): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const asked = new Map<string, Promise<Breakdown>>();
    const ask = (query: CaseQuery) => {
      const key = JSON.stringify(query);
      const known = asked.get(key) ?? api.breakdown(query, signal);
      asked.set(key, known);
      return known;
    };
    try {
      const [category, area, hour] = await Promise.all([
        ask(divideQuery(address, DIVIDED.category)),
        ask(divideQuery(address, DIVIDED.area)),
        ask(divideQuery(address, DIVIDED.hour)),
      ]);
      if (signal.aborted) return;
      this.category = category.by_category;
      this.area = area.by_area;
      this.hour = hour.by_hour;
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      // What was counted before stays, and the page says that it is old.
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
  }

  close(): void {
    this.#abort?.abort();
  }
}
