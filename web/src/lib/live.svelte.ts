import type {
  AlertChange,
  CaseChange,
  DossierChange,
  WarningChange,
  WhistleChange,
} from './api/types';
import { office } from './session.svelte';
import { ChangeStream, type StreamState } from './stream';

type Listener = {
  changed?: (change: CaseChange) => void;
  whistled?: (change: WhistleChange) => void;
  alerted?: (change: AlertChange) => void;
  warned?: (change: WarningChange) => void;
  filed?: (change: DossierChange) => void;
  back: () => void;
};

/** A page nobody looks at lets go of its connection: browsers open only six to
    one server, and a desk may have more windows. */
const HIDDEN_FOR_MS = 30_000;

/** The stream of changes, shared by the pages of this window. */
class Live {
  state = $state<StreamState>('off');
  lostAt = $state<number | null>(null);
  #listeners = new Set<Listener>();
  #wanted = false;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #stream = new ChangeStream({
    open: (from) => new EventSource(`/api/v1/events${from === null ? '' : `?from=${from}`}`),
    state: (state) => {
      this.state = state;
      this.lostAt = state === 'lost' ? (this.lostAt ?? Date.now()) : null;
    },
    changed: (change) => this.#listeners.forEach((listener) => listener.changed?.(change)),
    whistled: (change) => this.#listeners.forEach((listener) => listener.whistled?.(change)),
    alerted: (change) => this.#listeners.forEach((listener) => listener.alerted?.(change)),
    warned: (change) => this.#listeners.forEach((listener) => listener.warned?.(change)),
    filed: (change) => this.#listeners.forEach((listener) => listener.filed?.(change)),
    missed: () => this.#listeners.forEach((listener) => listener.back()),
    ended: () => void office.look(),
  });

  constructor() {
    // The device knows sooner than the stream, which may hear of it only when it next speaks.
    addEventListener('offline', () => {
      if (!this.#wanted) return;
      this.#stream.stop();
      this.state = 'lost';
      this.lostAt = Date.now();
    });
    addEventListener('online', () => this.#wanted && this.#begin());
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hiding);
      if (!this.#wanted) return;
      if (document.visibilityState === 'visible') this.#begin();
      else this.#hiding = setTimeout(() => this.#stream.stop(), HIDDEN_FOR_MS);
    });
  }

  /** Connects, for as long as somebody is signed in. */
  start(): void {
    this.#wanted = true;
    this.#begin();
  }

  #begin(): void {
    if (navigator.onLine) this.#stream.start(office.nextEntry);
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#hiding);
    this.#stream.stop();
  }

  /** Listens until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const live = new Live();
