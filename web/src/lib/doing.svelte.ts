import { Problem } from './api/problem';
import { office } from './session.svelte';

/** What is being done for a part of a page: one thing at a time, and what went wrong with the
    last. */
export class Doing {
  working = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does something, unless something else is being done. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.working) return;
    this.working = true;
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.failed(error);
    } finally {
      this.working = false;
    }
  }

  failed(error: unknown): void {
    this.problem = Problem.of(error);
    office.noticed(this.problem);
  }
}
