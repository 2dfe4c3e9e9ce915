import { Problem } from '../api/problem';
import { i18n } from '../i18n/index.svelte';
import { office } from '../session.svelte';
import type { LocalText } from '../api/types';
import { faultOf, type Fault } from '../fault';
import { timeOf } from './hours';

/** A setting with who set it and when; version 0 where it was never set. */
export type Setting<T> = {
  code: string;
  version: number;
  set_at: string | null;
  set_by: string | null;
  grounds: string | null;
  value: T;
};

/** How a sort of settings is read and set. */
export type Ways<T> = {
  all: () => Promise<Setting<T>[]>;
  set: (code: string, version: number, value: T, grounds: string | null) => Promise<unknown>;
  history: (code: string) => Promise<Setting<T>[]>;
};

/** What the page of a sort of settings holds: the list, what is being changed, its history. */
export class Keeper<T> {
  list = $state.raw<Setting<T>[] | null>(null);
  history = $state.raw<Setting<T>[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  faults = $state.raw<Fault[]>([]);
  working = $state(false);
  /** Whether somebody else was quicker: what was to be saved is not what is there now. */
  stale = $state(false);
  /** The code of what was set last, until something else is chosen. */
  saved = $state<string | null>(null);

  constructor(private ways: Ways<T>) {}

  find(code: string | null): Setting<T> | null {
    return this.list?.find((one) => one.code === code) ?? null;
  }

  async load(): Promise<void> {
    this.problem = null;
    await this.#guarded(async () => {
      this.list = await this.ways.all();
    });
  }

  async open(code: string | null): Promise<void> {
    this.history = null;
    this.faults = [];
    this.stale = false;
    if (this.saved !== code) this.saved = null;
    if (code) {
      await this.#guarded(async () => {
        this.history = await this.ways.history(code);
      });
    }
  }

  /** Takes what is there now in place of what was to be saved. */
  async again(code: string | null): Promise<void> {
    await this.load();
    await this.open(code);
  }

  /** Sets it; whether that was done. What is at fault is in `faults`. */
  async save(code: string, version: number, value: T, grounds: string): Promise<boolean> {
    if (this.working) return false;
    this.working = true;
    this.faults = [];
    this.stale = false;
    try {
      await this.ways.set(code, version, value, grounds.trim() || null);
      this.saved = code;
      this.list = await this.ways.all();
      this.history = await this.ways.history(code);
      office.city = (await import('../api').then(({ api }) => api.city())) ?? office.city;
      return true;
    } catch (error) {
      this.stale = Problem.of(error).status === 412;
      this.faults = [faultOf(error)];
      return false;
    } finally {
      this.working = false;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.problem = Problem.of(error);
      office.noticed(this.problem);
    }
  }
}

/** What two versions differ in: paths of what changed, before and after. */
export function differences(
  before: unknown,
  after: unknown,
  at = '',
): { at: string; before: string; after: string }[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const plain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (plain(before) && plain(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    // A limit is one thing: its amount says nothing without its measure.
    if (!keys.includes('measure')) {
      return keys.flatMap((key) => differences(before[key], after[key], at ? `${at}.${key}` : key));
    }
  }
  // Things that have codes, such as the parts of a template, are compared one by one.
  if (at === 'parts') return differences(byCode(before), byCode(after), at);
  if (Array.isArray(before) && Array.isArray(after)) {
    const of = (list: unknown[]) => list.map((one) => said(one));
    const [old, now] = [of(before), of(after)];
    const gone = old.filter((one) => !now.includes(one));
    const come = now.filter((one) => !old.includes(one));
    return [{ at, before: gone.join(', '), after: come.join(', ') }];
  }
  return [{ at, before: said(before), after: said(after) }];
}

const byCode = (list: unknown): Record<string, unknown> =>
  Object.fromEntries((list as { code: string }[]).map(({ code, ...rest }) => [code || '?', rest]));

function said(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (typeof value !== 'object') return String(value);
  const of = value as Record<string, unknown>;
  if ('words' in of && 'name' in of) return i18n.pick(of['name'] as LocalText);
  if ('measure' in of) return `${of['amount']} ${of['measure']}`;
  if ('open' in of) return `${timeOf(Number(of['open']))}–${timeOf(Number(of['close']))}`;
  if ('day' in of && Array.isArray(of['hours'])) {
    return `${of['day']} ${of['hours'].map(said).join(' ') || '—'}`;
  }
  return JSON.stringify(value);
}
