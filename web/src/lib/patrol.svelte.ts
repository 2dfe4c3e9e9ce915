import { api } from './api';
import { Problem } from './api/problem';
import type { CaseRow, Point, Recurring, UnitLoad } from './api/types';
import { OPEN_STAGES } from './api/types';
import { clock } from './clock.svelte';
import { metresBetween } from './place';
import { office } from './session.svelte';

/** Cases of a list, at most: what one person can walk to. */
const MOST = 200;
const RECURRING_DAYS = 60;
const AGAIN_MS = 10_000;
/** What changes slowly and takes the server longer is read anew so often. */
const SLOW_MS = 300_000;

export type Near = { row: CaseRow; metres: number | null };

/** The nearest first; those without a place at the end, in their own order. */
export function byDistance(rows: CaseRow[], from: Point | null): Near[] {
  const near = rows.map((row) => ({
    row,
    metres: from && row.point ? metresBetween(from, row.point) : null,
  }));
  if (!from) return near;
  return near.sort((a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity));
}

/** What a grid worker's page shows of the city. */
export class PatrolList {
  /** Waits for somebody to look on site whether it is done. */
  toCheck = $state.raw<CaseRow[]>([]);
  /** Open otherwise, the first due first. */
  open = $state.raw<CaseRow[]>([]);
  places = $state.raw<Recurring[]>([]);
  loads = $state.raw<UnitLoad[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** When what is shown was read, by this device. */
  readAt = $state<number | null>(null);
  loading = $state(true);
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #slow: { area: string | null; at: number } | null = null;

  async read(area: string | null): Promise<void> {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    const { signal } = (this.#abort = new AbortController());
    this.loading = true;
    // Whoever is bound to areas or to a unit is shown those without asking.
    const where = area ? { area: [area] } : {};
    const from = new Date(Date.now() - RECURRING_DAYS * 86_400_000).toISOString();
    const slow = this.#slow?.area !== area || Date.now() - this.#slow.at > SLOW_MS;
    try {
      const [toCheck, open, recurring, load] = await Promise.all([
        api.cases({ ...where, stage: ['reported'], order: 'due', limit: MOST }, signal),
        api.cases(
          {
            ...where,
            stage: OPEN_STAGES.filter((stage) => stage !== 'reported'),
            order: 'due',
            limit: MOST,
          },
          signal,
        ),
        slow ? api.recurring({ ...where, from }, signal) : null,
        slow ? api.load(signal) : null,
      ]);
      clock.set(open.as_of);
      this.toCheck = toCheck.cases;
      this.open = open.cases;
      if (recurring) this.places = recurring.places;
      if (load) this.loads = load.units;
      if (slow) this.#slow = { area, at: Date.now() };
      this.problem = null;
      this.readAt = Date.now();
    } catch (error) {
      if (signal.aborted) return;
      this.problem = Problem.of(error);
      office.noticed(this.problem);
      if (this.problem.unreachable || this.problem.status === 503) {
        this.#timer = setTimeout(() => void this.read(area), AGAIN_MS);
      }
    }
    this.loading = false;
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#timer);
  }
}

/** The middle of numbers in order; of two in the middle, what lies between. */
export function median(sorted: number[]): number | null {
  const below = sorted[Math.floor((sorted.length - 1) / 2)];
  const above = sorted[Math.ceil((sorted.length - 1) / 2)];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}

/** A unit's load beside that of the units of its sort. */
export type LoadBeside = { own: UnitLoad; median: number | null; others: number };

/** The load of a unit, and the median of those of the same sort; `null` for none. */
export function loadBeside(
  loads: UnitLoad[],
  unit: string | null,
  kinds: Map<string, string>,
): LoadBeside | null {
  const own = loads.find((one) => one.unit === unit);
  if (!own) return null;
  const others = loads
    .filter((one) => one.unit !== unit && kinds.get(one.unit) === kinds.get(own.unit))
    .flatMap((one) => (typeof one.per_worker === 'number' ? [one.per_worker] : []))
    .sort((a, b) => a - b);
  return { own, median: median(others), others: others.length };
}
