import type { BulkAction, Outcome } from './bulk';

/** What a step for many cases did to each, until its reader has put it away: whoever goes
    on to another page meanwhile is told there that something was refused. */
class QueueTold {
  results = $state.raw<{ action: BulkAction; outcomes: Outcome[] } | null>(null);

  get refused(): number {
    return this.results?.outcomes.filter((one) => one.after === null).length ?? 0;
  }
}

export const queueTold = new QueueTold();
