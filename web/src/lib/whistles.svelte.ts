import { api } from './api';
import { Problem } from './api/problem';
import type { WhistleChange, WhistleQuery, WhistleRow } from './api/types';
import { clock } from './clock.svelte';
import { office } from './session.svelte';

const PAGE = 50;

/** The board's filters as the address has them. */
export function whistleQuery(address: URLSearchParams): WhistleQuery {
  const query: WhistleQuery = {};
  const kind = address.get('kind');
  if (kind) query.kind = [kind as 'daily'];
  if (address.get('show') !== 'all') query.stage = ['blown', 'confirmed'];
  if (address.get('late') === 'true') query.late = true;
  const about = address.get('about');
  if (about) query.case = about;
  return query;
}

/** What the whistle board shows. */
export class WhistleList {
  rows = $state.raw<WhistleRow[]>([]);
  next = $state.raw<string | null>(null);
  loading = $state(true);
  problem = $state.raw<Problem | null>(null);
  readAt = $state<number | null>(null);
  #query: WhistleQuery = {};
  #abort: AbortController | null = null;
  #due: ReturnType<typeof setTimeout> | undefined;

  async read(query: WhistleQuery): Promise<void> {
    this.#query = query;
    await this.#page(null);
  }

  async more(): Promise<void> {
    if (this.next) await this.#page(this.next);
  }

  /** A whistle changed somewhere: the page is read again, soon. */
  changed(_change: WhistleChange): void {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => void this.#page(null), 400);
  }

  again(): Promise<void> {
    return this.#page(null);
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#due);
  }

  async #page(cursor: string | null): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.problem = null;
    this.loading = this.rows.length === 0 || cursor !== null;
    const query = { ...this.#query, limit: PAGE, ...(cursor ? { cursor } : {}) };
    try {
      const page = await api.whistles(query, abort.signal);
      clock.set(page.as_of);
      this.readAt = Date.now();
      this.rows = cursor ? [...this.rows, ...page.whistles] : page.whistles;
      this.next = page.next;
      this.loading = false;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.loading = false;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
  }
}
