import { Problem } from './api/problem';
import { faultOf, type Fault } from './fault';
import { office } from './session.svelte';

/** What is being done for a part of a page: one thing at a time, and what went wrong with the
    last. */
export class Doing {
  working = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does something, unless something else is being done; whether it was done. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.working) return false;
    this.working = true;
    this.clear();
    try {
      await work();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      this.working = false;
    }
  }

  clear(): void {
    this.problem = null;
  }

  failed(error: unknown): void {
    this.problem = Problem.of(error);
    office.noticed(this.problem);
  }
}

/** The same for a form: what went wrong is told at its fields. */
export class FormDoing extends Doing {
  faults = $state.raw<Fault[]>([]);

  override clear(): void {
    this.faults = [];
  }

  override failed(error: unknown): void {
    this.faults = [faultOf(error)];
  }
}
