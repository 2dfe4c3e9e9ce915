import type {
  AlertChange,
  CaseChange,
  DossierChange,
  WarningChange,
  WhistleChange,
} from './api/types';

/** The parts of an `EventSource` that are used here. */
export type Source = Pick<EventSource, 'readyState' | 'close'> & {
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
};

export type StreamState = 'off' | 'connecting' | 'on' | 'lost';

export type Hooks = {
  /** Connects; from an entry on where one is named, else from now on. */
  open: (from: number | null) => Source;
  state: (state: StreamState) => void;
  changed: (change: CaseChange) => void;
  whistled: (change: WhistleChange) => void;
  alerted: (change: AlertChange) => void;
  warned: (change: WarningChange) => void;
  filed: (change: DossierChange) => void;
  /** Something may have happened that was not told: read again. */
  missed: () => void;
  /** The server ended the stream for good; perhaps the session is over. */
  ended: () => void;
};

const CLOSED = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** The stream of changes. The browser itself reconnects with `Last-Event-ID`;
    where it gives up, we begin anew. Each connection begins with `ready` and
    the number of the entry it begins from: if that is not the one we wait for,
    something was missed. */
export class ChangeStream {
  #hooks: Hooks;
  #source: Source | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = FIRST_WAIT_MS;
  /** Number of the entry that should come next; `null` before the first connection. */
  #next: number | null = null;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** Connects. What was read after `from` was the next entry misses nothing: the first
      connection begins there, and nobody need read again. */
  start(from: number | null = null): void {
    if (this.#source) return;
    this.#hooks.state('connecting');
    const first = this.#next === null ? from : null;
    this.#next ??= from;
    this.#open(first);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#wait = FIRST_WAIT_MS;
    this.#hooks.state('off');
  }

  #open(from: number | null = null): void {
    const source = (this.#source = this.#hooks.open(from));
    const mine = () => this.#source === source;
    source.addEventListener('ready', ({ data }) => {
      if (!mine()) return;
      const from = Number(data);
      const missed = from !== this.#next;
      this.#next = from;
      this.#wait = FIRST_WAIT_MS;
      this.#hooks.state('on');
      if (missed) this.#hooks.missed();
    });
    const tells = <C extends { seq: number }>(type: string, tell: (change: C) => void) =>
      source.addEventListener(type, ({ data }) => {
        if (!mine()) return;
        const change = JSON.parse(data) as C;
        this.#next = change.seq + 1;
        tell(change);
      });
    tells<CaseChange>('case', (change) => this.#hooks.changed(change));
    tells<WhistleChange>('whistle', (change) => this.#hooks.whistled(change));
    tells<AlertChange>('alert', (change) => this.#hooks.alerted(change));
    tells<WarningChange>('warning', (change) => this.#hooks.warned(change));
    tells<DossierChange>('dossier', (change) => this.#hooks.filed(change));
    source.onerror = () => {
      if (!mine()) return;
      this.#hooks.state('lost');
      if (source.readyState !== CLOSED) return;
      this.#hooks.ended();
      this.#timer = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
  }
}
