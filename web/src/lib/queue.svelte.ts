import { SvelteSet } from 'svelte/reactivity';
import { api } from './api';
import { Problem } from './api/problem';
import type { CaseChange, QueueCounts, QueueQuery, QueueRow, WhistleRow } from './api/types';
import { clock } from './clock.svelte';
import { office } from './session.svelte';

const PAGE = 50;
const LONGEST_PAGE = 200;
const SOON_MS = 400;

/** The filters of a queue as the address has them. */
export function queueQuery(address: URLSearchParams): QueueQuery {
  const query: QueueQuery = {};
  const part = address.get('part');
  if (part && part !== 'whistles') query.part = part as NonNullable<QueueQuery['part']>;
  const unit = address.get('unit');
  if (unit) query.unit = [unit];
  const area = address.get('area');
  if (area) query.area = [area];
  const category = address.get('category');
  if (category) query.category = [category];
  const words = address.get('q');
  if (words) query.q = words;
  if (address.get('late') === 'true') query.late = true;
  if (address.get('due_soon') === 'true') query.due_soon = true;
  return query;
}

/** Whether an address shows less than the part of the queue it names. */
export const isNarrowed = (address: URLSearchParams): boolean =>
  ['area', 'category', 'q', 'late', 'due_soon'].some((key) => address.get(key));

/** What waits for a unit, and what of it is selected. */
export class UnitQueue {
  rows = $state.raw<QueueRow[]>([]);
  counts = $state.raw<QueueCounts | null>(null);
  /** Whistles that call the unit and wait for its check-in, the earliest first. */
  whistles = $state.raw<WhistleRow[]>([]);
  unit = $state('');
  next = $state.raw<string | null>(null);
  loading = $state<'first' | 'more' | null>('first');
  problem = $state.raw<Problem | null>(null);
  readAt = $state<number | null>(null);
  /** Numbers of cases that came in and are not shown yet. */
  waiting = $state.raw<string[]>([]);
  /** Cases that are shown and have left this part of the queue. */
  gone = new SvelteSet<string>();
  selected = new SvelteSet<string>();
  /** What was asked for last; nothing, before anybody said whose queue it is. */
  #query: QueueQuery | null = null;
  #abort: AbortController | null = null;
  #due: ReturnType<typeof setTimeout> | undefined;

  /** The rows that are selected, in the order of the page. */
  get chosen(): QueueRow[] {
    return this.rows.filter((row) => this.selected.has(row.id));
  }

  /** Reads the first page under new filters. */
  async read(query: QueueQuery): Promise<void> {
    this.#query = query;
    this.rows = [];
    this.selected.clear();
    this.loading = 'first';
    await this.again();
  }

  /** Reads what is shown again: as it stands now, in its present order. */
  async again(): Promise<void> {
    const page = await this.#page(Math.min(Math.max(PAGE, this.rows.length), LONGEST_PAGE));
    if (!page) return;
    this.rows = page.cases;
    this.next = page.next;
    this.waiting = [];
    this.gone.clear();
    const here = new Set(page.cases.map((row) => row.id));
    for (const id of [...this.selected]) if (!here.has(id)) this.selected.delete(id);
    this.loading = null;
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return;
    this.loading = 'more';
    const page = await this.#page(PAGE, this.next);
    if (!page) return;
    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...page.cases.filter((row) => !known.has(row.id))];
    this.next = page.next;
    this.loading = null;
  }

  /** A case or a whistle changed somewhere. */
  changed(change: CaseChange | null): void {
    const ours = change === null || change.unit === this.unit || this.#shows(change.id);
    // Whoever assists is not in the change: it may be ours all the same.
    if (!ours && office.user?.role !== 'unit') return;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => void this.#refresh(), SOON_MS);
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#due);
  }

  #shows = (id: string) => this.rows.some((row) => row.id === id);

  /** Rows change in place: nothing moves under the pointer. */
  async #refresh(): Promise<void> {
    if (this.loading) return;
    const page = await this.#page(Math.min(Math.max(PAGE, this.rows.length), LONGEST_PAGE));
    if (!page) return;
    const now = new Map(page.cases.map((row) => [row.id, row]));
    const shown = new Set(this.rows.map((row) => row.id));
    if (shown.size === 0) {
      this.rows = page.cases;
      this.next = page.next;
      return;
    }
    // What is not on the page now may stand on a later one.
    const complete = page.next === null;
    this.gone.clear();
    if (complete) for (const id of shown) if (!now.has(id)) this.gone.add(id);
    this.rows = this.rows.map((row) => now.get(row.id) ?? row);
    this.waiting = page.cases.map((row) => row.id).filter((id) => !shown.has(id));
  }

  async #page(limit: number, cursor?: string) {
    if (!this.#query) return null;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.problem = null;
    try {
      const query = { ...this.#query, limit, ...(cursor ? { cursor } : {}) };
      const page = await api.queue(query, abort.signal);
      const called = await api.whistles({ stage: ['blown'], unit: [page.unit] }, abort.signal);
      clock.set(page.as_of);
      this.readAt = Date.now();
      this.counts = page.counts;
      this.unit = page.unit;
      this.whistles = called.whistles
        .filter((whistle) => checkInBy(whistle, page.unit) !== null)
        .sort((a, b) =>
          (checkInBy(a, page.unit) ?? '').localeCompare(checkInBy(b, page.unit) ?? ''),
        );
      return page;
    } catch (error) {
      if (abort.signal.aborted) return null;
      this.loading = null;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
      return null;
    }
  }
}

/** By when a unit is to check in to a whistle; `null` where it is not awaited. */
export function checkInBy(whistle: WhistleRow, unit: string): string | null {
  const call = whistle.calls.findLast((one) => one.unit === unit);
  return call && ['waiting', 'overdue'].includes(call.attendance) ? call.check_in_by : null;
}
