import { api } from './api';
import { Problem } from './api/problem';
import type { BehindCall, BehindTurn, Board, Formula } from './api/types';
import { behindQuery, rankingQuery, trendQuery } from './boards';
import { clock } from './clock.svelte';
import { office } from './session.svelte';

/** While the figures are read from the record, or nobody answers, it is tried again. */
const AGAIN_MS = 3_000;
const PAGE = 50;

/** What a page of boards shows: a ranking and a trend of the same cases. */
export class Boards {
  formulas = $state.raw<Formula[]>([]);
  ranking = $state.raw<Board | null>(null);
  trend = $state.raw<Board | null>(null);
  loading = $state(true);
  problem = $state.raw<Problem | null>(null);
  readAt = $state<number | null>(null);
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Reads the boards of an address; what is shown stays until they are there. */
  async read(address: URLSearchParams): Promise<void> {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    const { signal } = (this.#abort = new AbortController());
    this.loading = true;
    try {
      const [formulas, ranking, trend] = await Promise.all([
        this.formulas.length ? null : api.formulas(signal),
        api.board(rankingQuery(address), signal),
        api.board(trendQuery(address), signal),
      ]);
      if (formulas) this.formulas = formulas.formulas;
      this.ranking = ranking;
      this.trend = trend;
      this.problem = null;
      this.readAt = Date.now();
      clock.set(ranking.as_of);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
      if (this.problem.unreachable || this.problem.status === 503) {
        this.#timer = setTimeout(() => void this.read(address), AGAIN_MS);
      }
    }
    this.loading = false;
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#timer);
  }
}

/** The turns or calls behind one number. */
export class BehindList {
  turns = $state.raw<BehindTurn[]>([]);
  calls = $state.raw<BehindCall[]>([]);
  next = $state.raw<string | null>(null);
  loading = $state(true);
  problem = $state.raw<Problem | null>(null);
  #address = new URLSearchParams();
  #ofCalls = false;
  #abort: AbortController | null = null;

  get isEmpty(): boolean {
    return this.turns.length + this.calls.length === 0;
  }

  /** Reads the first page of what an address opens; `ofCalls` where the formula counts those. */
  async read(address: URLSearchParams, ofCalls: boolean): Promise<void> {
    this.#address = address;
    this.#ofCalls = ofCalls;
    this.turns = [];
    this.calls = [];
    this.next = null;
    await this.#page();
  }

  /** Reads the next page. */
  async more(): Promise<void> {
    if (this.next && !this.loading) await this.#page();
  }

  close(): void {
    this.#abort?.abort();
  }

  async #page(): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const query = behindQuery(this.#address);
    if (!query) return;
    this.loading = true;
    this.problem = null;
    try {
      const cursor = this.next ? { cursor: this.next } : {};
      const asked = { ...query, limit: PAGE, ...cursor };
      if (this.#ofCalls) {
        const page = await api.callsBehind(asked, signal);
        this.calls = [...this.calls, ...page.calls];
        this.next = page.next;
      } else {
        const page = await api.behind(asked, signal);
        this.turns = [...this.turns, ...page.turns];
        this.next = page.next;
      }
    } catch (error) {
      if (signal.aborted) return;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
    this.loading = false;
  }
}
