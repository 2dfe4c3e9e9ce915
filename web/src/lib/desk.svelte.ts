import { SvelteMap } from 'svelte/reactivity';
import { api } from './api';
import { Problem } from './api/problem';
import type { CaseChange, CaseRow, Counts } from './api/types';
import { clock } from './clock.svelte';
import { office } from './session.svelte';
import { countsQuery, listQuery, mayMatch } from './filters';
import { dayBegin } from './time';

const PAGE = 50;
const LONGEST_PAGE = 200;

/** Why a row is marked: new since the page was read, changed, or no longer within the filters. */
export type Mark = 'new' | 'changed' | 'gone';

/** What the command desk shows: a page of cases and the counts above it. */
export class DeskList {
  rows = $state.raw<CaseRow[]>([]);
  counts = $state.raw<Counts | null>(null);
  /** How many came in today, under the same filters. */
  today = $state.raw<{ since: string; total: number } | null>(null);
  next = $state.raw<string | null>(null);
  loading = $state<'first' | 'more' | null>('first');
  problem = $state.raw<Problem | null>(null);
  readAt = $state<number | null>(null);
  /** Numbers of cases that came in and are not shown yet. */
  waiting = $state.raw<string[]>([]);
  marks = new SvelteMap<string, Mark>();
  #address = new URLSearchParams();
  #abort: AbortController | null = null;
  #countsDue: ReturnType<typeof setTimeout> | undefined;

  /** Reads the first page under new filters. */
  async read(address: URLSearchParams, how: { keep?: boolean } = {}): Promise<void> {
    this.#address = address;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const enough = how.keep ? Math.min(Math.max(PAGE, this.rows.length), LONGEST_PAGE) : PAGE;
    const before = how.keep ? new Set(this.rows.map((row) => row.id)) : null;
    if (!how.keep) {
      this.rows = [];
      this.marks.clear();
      this.loading = 'first';
    }
    this.problem = null;
    void this.#readCounts();
    try {
      const page = await api.cases({ ...listQuery(address), limit: enough }, abort.signal);
      this.#took(page.as_of);
      for (const row of page.cases)
        if (before && !before.has(row.id)) this.marks.set(row.id, 'new');
      this.rows = page.cases;
      this.next = page.next;
      this.waiting = [];
      this.loading = null;
    } catch (error) {
      if (!abort.signal.aborted) this.#failed(error);
    }
  }

  again(): Promise<void> {
    return this.read(this.#address, { keep: this.rows.length > 0 });
  }

  async more(): Promise<void> {
    if (!this.next || this.loading || !this.#abort) return;
    const { signal } = this.#abort;
    const query = { ...listQuery(this.#address), limit: PAGE, cursor: this.next };
    this.loading = 'more';
    this.problem = null;
    try {
      const page = await api.cases(query, signal);
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.cases.filter((row) => !known.has(row.id))];
      this.next = page.next;
      this.loading = null;
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  /** A case changed somewhere: its row changes in place, nothing moves under the pointer. */
  changed(change: CaseChange): void {
    clearTimeout(this.#countsDue);
    this.#countsDue = setTimeout(() => void this.#readCounts(), 400);
    const matches = mayMatch(change, this.#address, office.city);
    const at = this.rows.findIndex((row) => row.id === change.id);
    const row = this.rows[at];
    if (!row) {
      if (matches && !this.waiting.includes(change.id)) {
        this.waiting = [...this.waiting, change.id];
      }
      return;
    }
    if (row.version >= change.version) return;
    const { version, stage, unit, area, category, late, due_at } = change;
    const rows = [...this.rows];
    rows[at] = { ...row, version, stage, unit, area, category, late, due_at };
    this.rows = rows;
    this.marks.set(change.id, matches ? 'changed' : 'gone');
    this.readAt = Date.now();
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#countsDue);
  }

  async #readCounts(): Promise<void> {
    if (!this.#abort) return;
    const { signal } = this.#abort;
    try {
      const asked = countsQuery(this.#address);
      const since = new Date(dayBegin(clock.now)).toISOString();
      const [counts, today] = await Promise.all([
        api.counts(asked, signal),
        api.counts({ ...asked, from: since, until: undefined }, signal),
      ]);
      if (signal.aborted) return;
      this.counts = counts;
      this.today = { since, total: today.total };
    } catch (error) {
      // The list beside it says what is wrong; old counts stay and age with it.
      if (!signal.aborted) office.noticed(Problem.of(error));
    }
  }

  #took(asOf: string): void {
    clock.set(asOf);
    this.readAt = Date.now();
  }

  #failed(error: unknown): void {
    this.loading = null;
    this.problem = Problem.of(error);
    office.noticed(this.problem);
  }
}
