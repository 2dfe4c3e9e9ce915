import { Draft } from './actions.svelte';
import { api } from './api';
import { Problem } from './api/problem';
import type { CaseFile } from './api/types';
import { Sender, type Attempt } from './attempt';
import { whyNot } from './fault';
import { office } from './session.svelte';
import { nextStep, type Decision } from './triage';

/** How long a decision can be taken back: until then nothing of it is sent. */
const UNDO_MS = 6_000;

/** A decision that is not sent yet. */
export type Waiting = { file: CaseFile; decision: Decision; until: number };
/** A decision that came too late: the case as it was seen, and as it is. */
export type Overtaken = {
  before: CaseFile;
  after: CaseFile;
  attempt: Attempt;
  decision: Decision;
};

/** Dispatches what the desk decides with one key. Each decision waits a little before it
    becomes a dispatch, so that a slip leaves no trace; one that was sent is taken back in
    the record, as long as nobody has begun on it. */
class Dispatcher {
  waiting = $state.raw<Waiting | null>(null);
  /** What was sent last, and the case after it. */
  done = $state.raw<{ file: CaseFile; decision: Decision } | null>(null);
  /** The case whose dispatch was taken back last, from which unit. */
  recalled = $state.raw<{ id: string; unit: string } | null>(null);
  #recalling = false;
  overtaken = $state.raw<Overtaken[]>([]);
  /** Cases whose decision was refused or did not get through, with the reason. */
  failed = $state.raw<{ id: string; why: string }[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sender = new Sender();

  /** Sends a decision after a while; one that still waits is sent at once. */
  decide(file: CaseFile, decision: Decision): void {
    this.send();
    this.done = null;
    this.recalled = null;
    this.waiting = { file, decision, until: Date.now() + UNDO_MS };
    this.#timer = setTimeout(() => this.send(), UNDO_MS);
  }

  /** Takes back what is not sent yet; tells of which case. */
  undo(): string | null {
    const id = this.waiting?.file.id ?? null;
    clearTimeout(this.#timer);
    this.waiting = null;
    return id;
  }

  /** Sends what waits. */
  send(): void {
    void this.#flush();
  }

  /** Sends what waits and forgets what was told: whoever signs in next is somebody else. */
  async end(): Promise<void> {
    await this.#flush();
    this.done = null;
    this.recalled = null;
    this.overtaken = [];
    this.failed = [];
  }

  async #flush(): Promise<void> {
    const { waiting } = this;
    if (!waiting) return;
    this.undo();
    await this.#give(waiting.file, waiting.decision);
  }

  /** Gives a command again to a case that others changed. */
  async again(one: Overtaken): Promise<void> {
    this.forget(one);
    if (one.attempt.action === 'recall') await this.#takeBack(one.after, one.decision);
    else await this.#give(one.after, one.decision);
  }

  forget(one: Overtaken): void {
    this.overtaken = this.overtaken.filter((other) => other !== one);
  }

  async #give(file: CaseFile, decision: Decision): Promise<void> {
    const { id } = file;
    this.failed = this.failed.filter((one) => one.id !== id);
    let before = file;
    for (let step = nextStep(decision, before); step; step = nextStep(decision, before)) {
      try {
        before = await this.#sender.send(step, before);
      } catch (error) {
        await this.#refused(before, step, decision, Problem.of(error));
        return;
      }
    }
    this.done = { file: before, decision };
  }

  /** Takes back the dispatch that was sent last; tells of which case. */
  async recall(): Promise<string | null> {
    const { done } = this;
    if (!done?.file.actions.includes('recall') || this.#recalling) return null;
    this.done = null;
    return (await this.#takeBack(done.file, done.decision)) ? done.file.id : null;
  }

  async #takeBack(file: CaseFile, decision: Decision): Promise<boolean> {
    const attempt: Attempt = { action: 'recall', draft: new Draft(file, 'recall') };
    this.#recalling = true;
    try {
      await this.#sender.send(attempt, file);
      this.recalled = { id: file.id, unit: decision.unit ?? '' };
      return true;
    } catch (error) {
      await this.#refused(file, attempt, decision, Problem.of(error));
      return false;
    } finally {
      this.#recalling = false;
    }
  }

  /** Tells why a step was not taken: others were quicker, or the server's own word. */
  async #refused(
    before: CaseFile,
    attempt: Attempt,
    decision: Decision,
    problem: Problem,
  ): Promise<void> {
    office.noticed(problem);
    const { id } = before;
    if (problem.status === 412 || problem.status === 409) {
      const after = await api.case(id).catch(() => null);
      if (after && after.version !== before.version) {
        this.overtaken = [...this.overtaken, { before, after, attempt, decision }];
        return;
      }
    }
    this.failed = [...this.failed, { id, why: whyNot(problem) }];
  }
}

export const dispatcher = new Dispatcher();
