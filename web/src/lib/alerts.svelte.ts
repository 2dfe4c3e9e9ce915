import { sensing, things, type Alert, type AlertQuery, type Labelled } from './api/sensing';
import { surelyFits } from './alerts';
import { Problem } from './api/problem';
import { live } from './live.svelte';
import { office } from './session.svelte';

const PAGE = 200;
const SETTLE_MS = 300;

/** The alerts that fit a query, kept as they change. */
export class AlertList {
  rows = $state.raw<Alert[]>([]);
  next = $state.raw<number | null>(null);
  loading = $state(true);
  problem = $state.raw<Problem | null>(null);
  readAt = $state<number | null>(null);
  /** Names of the things, as far as they are known. */
  things = $state.raw<Map<number, Labelled>>(new Map());
  #query: AlertQuery = {};
  #abort: AbortController | null = null;
  #due: ReturnType<typeof setTimeout> | undefined;
  /** Whether more than the first page was asked for. */
  #went = false;

  /** Follows the stream until the returned function is called. */
  follow(): () => void {
    const stop = live.listen({
      alerted: ({ alert }) => {
        this.#shown(alert);
        this.#soon();
      },
      back: () => void this.again(),
    });
    return () => {
      stop();
      this.#abort?.abort();
      clearTimeout(this.#due);
    };
  }

  async read(query: AlertQuery): Promise<void> {
    this.#query = query;
    this.#went = false;
    await this.#page(null);
  }

  again = (): Promise<void> => this.#page(null);

  async more(): Promise<void> {
    if (this.next === null) return;
    this.#went = true;
    await this.#page(this.next);
  }

  /** One alert as an answer has it: shown at once. */
  put(alert: Alert): void {
    this.rows = this.rows.map((one) => (one.id === alert.id ? alert : one));
  }

  /** An alert as the stream has it: at once where it stands in the list or surely fits, and
      with the list soon after where only the server can tell. */
  #shown(alert: Alert): void {
    const known = this.rows.some((one) => one.id === alert.id);
    if (known) this.put(alert);
    else if (this.readAt !== null && surelyFits(alert, this.#query)) {
      this.rows = [alert, ...this.rows];
    }
  }

  #soon(): void {
    // Readings of a storm change many alerts: they are read again at most so often.
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      void this.again();
    }, SETTLE_MS);
  }

  async #page(before: number | null): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.problem = null;
    this.loading = this.rows.length === 0 || before !== null;
    const query = { ...this.#query, limit: PAGE, ...(before === null ? {} : { before }) };
    try {
      const page = await sensing.alerts(query, abort.signal);
      this.readAt = Date.now();
      if (before !== null) {
        this.rows = [...this.rows, ...page.alerts];
        this.next = page.next;
      } else {
        this.rows = this.#kept(page.alerts, page.next);
      }
      this.loading = false;
      await this.#name();
    } catch (error) {
      if (abort.signal.aborted) return;
      this.loading = false;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
  }

  /** A first page read again, with what was read below it: who has gone on keeps that. */
  #kept(fresh: Alert[], next: number | null): Alert[] {
    const last = fresh.at(-1)?.id;
    const below =
      next === null || last === undefined || !this.#went
        ? []
        : this.rows.filter(({ id }) => id < last);
    if (below.length === 0) this.next = next;
    return [...fresh, ...below];
  }

  /** Asks for the names of things that are not known yet, some at a time. */
  async #name(): Promise<void> {
    const unknown = new Set(this.rows.map((alert) => alert.thing));
    const missing = [...unknown].filter((id) => !this.things.has(id));
    for (let at = 0; at < missing.length; at += 20) {
      const found = await things.names(missing.slice(at, at + 20));
      this.things = new Map([...this.things, ...found]);
    }
  }
}
