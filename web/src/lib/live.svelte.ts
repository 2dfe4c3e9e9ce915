import type { CaseChange } from './api/types';

type Listener = { changed: (change: CaseChange) => void; back?: () => void };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** The stream of changes, shared by the pages of this window. The browser itself
    reconnects with `Last-Event-ID`; where it gives up, we begin anew and tell
    the pages to read again what they may have missed. */
class Live {
  state = $state<'off' | 'connecting' | 'on' | 'lost'>('off');
  lostAt = $state<number | null>(null);
  #source: EventSource | null = null;
  #listeners = new Set<Listener>();
  #wait = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Listens until the returned function is called; the stream lives as long as anybody listens. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#source) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.state = 'off';
    this.lostAt = null;
  }

  #open(): void {
    const anew = this.state === 'lost';
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    if (this.state === 'off') this.state = 'connecting';
    source.onopen = () => {
      const missed = anew || this.state === 'lost';
      this.state = 'on';
      this.lostAt = null;
      this.#wait = FIRST_WAIT_MS;
      if (missed) for (const listener of this.#listeners) listener.back?.();
    };
    source.onerror = () => {
      if (this.#source !== source) return;
      this.state = 'lost';
      this.lostAt ??= Date.now();
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
    source.addEventListener('case', (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as CaseChange;
      for (const listener of this.#listeners) listener.changed(change);
    });
  }
}

export const live = new Live();
