import { api } from './api';
import { Problem } from './api/problem';
import { sensing, type Alert } from './api/sensing';
import type { Board, CaseRow, Counts, Topics, UnitLoad, WhistleRow } from './api/types';
import { OPEN_STAGES } from './api/types';
import { clock } from './clock.svelte';
import { office, seesWords } from './session.svelte';
import { dayBegin } from './time';
import { byLoad } from './views';

export const RATES = ['response', 'resolution', 'satisfaction'] as const;
export type Rate = (typeof RATES)[number];
export type RatePair = { now: Board; before: Board };

const DAY_MS = 86_400_000;
/** Read anew so often even when nothing is heard: what is late becomes so by itself. */
const EVERY_MS = 60_000;
const SETTLE_MS = 3_000;
/** What takes the server longer, and changes slowly, is read less often. */
const RATES_MS = 55_000;
const TOPICS_MS = 600_000;
const LATEST = 7;
const TOPIC_DAYS = 7;

const at = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString();

/** What the wall screen shows; each part is read for itself, so that one that fails
    leaves the others as they are. */
export class Wall {
  counts = $state.raw<Counts | null>(null);
  today = $state.raw<Counts | null>(null);
  latest = $state.raw<CaseRow[]>([]);
  /** Open alerts, the newest first; of very many the newest only. */
  alerts = $state.raw<Alert[]>([]);
  rates = $state.raw<Partial<Record<Rate, RatePair>>>({});
  trend = $state.raw<Board | null>(null);
  loads = $state.raw<UnitLoad[]>([]);
  topics = $state.raw<Topics | null>(null);
  whistles = $state.raw<WhistleRow[]>([]);
  /** When everything was last read, by this device. */
  readAt = $state<number | null>(null);
  /** Parts that could not be read the last time. */
  failed = $state.raw<string[]>([]);
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #ratesAt = 0;
  #topicsAt = 0;

  async read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const failed: string[] = [];
    const rates = Date.now() - this.#ratesAt > RATES_MS;
    const topics = Date.now() - this.#topicsAt > TOPICS_MS && seesWords(office.user);
    const part = async (name: string, read: () => Promise<void>) => {
      try {
        await read();
      } catch (error) {
        if (signal.aborted) return;
        failed.push(name);
        office.noticed(Problem.of(error));
      }
    };
    const board = (formula: string, from: number, until: number, group?: 'week') =>
      api.board(
        {
          formula,
          ...(group ? { group } : { from: at(from), ...(until ? { until: at(until) } : {}) }),
        },
        signal,
      );
    await Promise.all([
      part('now', async () => {
        const today = new Date(dayBegin(clock.now)).toISOString();
        const [counts, since, latest] = await Promise.all([
          api.counts({ stage: OPEN_STAGES }, signal),
          api.counts({ from: today }, signal),
          api.cases({ order: 'newest', limit: LATEST }, signal),
        ]);
        [this.counts, this.today, this.latest] = [counts, since, latest.cases];
        clock.set(counts.as_of);
      }),
      part('now', async () => {
        this.alerts = (await sensing.alerts({ open: true, limit: 200 }, signal)).alerts;
      }),
      ...(rates ? RATES : []).map((rate) =>
        part('rates', async () => {
          const [now, before] = await Promise.all([board(rate, 30, 0), board(rate, 60, 30)]);
          this.rates = { ...this.rates, [rate]: { now, before } };
        }),
      ),
      part('rates', async () => {
        if (rates) this.trend = await board('resolution', 0, 0, 'week');
      }),
      part('load', async () => {
        if (rates) this.loads = byLoad((await api.load(signal)).units);
      }),
      part('topics', async () => {
        if (topics) this.topics = await api.topics(TOPIC_DAYS, signal);
      }),
      part('whistles', async () => {
        const page = await api.whistles({ stage: ['blown', 'confirmed'], limit: 8 }, signal);
        this.whistles = page.whistles;
      }),
    ]);
    if (signal.aborted) return;
    this.failed = failed;
    if (rates && !failed.includes('rates') && !failed.includes('load')) this.#ratesAt = Date.now();
    if (topics && !failed.includes('topics')) this.#topicsAt = Date.now();
    if (failed.length === 0) this.readAt = Date.now();
    this.#timer = setTimeout(() => void this.read(), EVERY_MS);
  }

  /** After changes that come close together. */
  soon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.read();
    }, SETTLE_MS);
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
  }
}
