import { api } from './api';
import { Problem } from './api/problem';
import type { SavedView, SharedView } from './api/types';
import { viewQuery } from './filters';
import { office } from './session.svelte';

/** The reader's saved views, kept on the server: each change sets them all. */
export class Saved {
  views = $state.raw<SavedView[]>([]);
  shared = $state.raw<SharedView[]>([]);
  problem = $state.raw<Problem | null>(null);
  ready = $state(false);
  /** The views before the last deletion, to take it back. */
  before = $state.raw<{ name: string; views: SavedView[] } | null>(null);
  #version = 0;

  async read(): Promise<void> {
    try {
      this.#took(await api.views());
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Keeps an address of the desk under a name, in the place of one that has it. */
  async keep(name: string, address: URLSearchParams): Promise<boolean> {
    const query = viewQuery(address);
    const known = this.views.some((view) => view.name === name);
    const views = known
      ? this.views.map((view) => (view.name === name ? { ...view, query } : view))
      : [...this.views, { name, query, shared: false }];
    return this.#set(views);
  }

  /** Changes one view: its name, or who sees it. */
  change(at: number, how: Partial<SavedView>): Promise<boolean> {
    return this.#set(this.views.map((view, place) => (place === at ? { ...view, ...how } : view)));
  }

  /** Moves a view one place up. */
  raise(at: number): Promise<boolean> {
    const views = [...this.views];
    views.splice(Math.max(at - 1, 0), 0, ...views.splice(at, 1));
    return this.#set(views);
  }

  async remove(at: number): Promise<void> {
    const views = this.views;
    const name = views[at]?.name ?? '';
    if (await this.#set(views.filter((_, place) => place !== at))) this.before = { name, views };
  }

  /** Takes the last deletion back. */
  async undo(): Promise<void> {
    const { before } = this;
    if (before && !(await this.#set(before.views))) this.before = before;
  }

  async #set(views: SavedView[]): Promise<boolean> {
    this.before = null;
    try {
      this.#took(await api.setViews(views, this.#version));
      return true;
    } catch (error) {
      const { status } = this.#failed(error);
      // Another window was quicker: what it set is shown, with the server's word.
      if (status === 412) {
        const { problem } = this;
        await this.read();
        this.problem = problem;
      }
      return false;
    }
  }

  #took(read: { version: number; views: SavedView[]; shared: SharedView[] }): void {
    this.#version = read.version;
    this.views = read.views;
    this.shared = read.shared;
    this.problem = null;
    this.ready = true;
  }

  #failed(error: unknown): Problem {
    this.problem = Problem.of(error);
    office.noticed(this.problem);
    return this.problem;
  }
}
