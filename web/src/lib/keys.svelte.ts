import { SvelteSet } from 'svelte/reactivity';
import { entries, type Entry } from './entries';
import type { KeysMessages } from './i18n/keys';
import { router } from './router.svelte';
import { office } from './session.svelte';

export type Does = keyof KeysMessages['does'];

/** One key of a page: what the sheet says of it, and what it does. */
export type Key = {
  /** As the sheet shows it; keys that are pressed together with a plus between. */
  key: string;
  does: Does;
  /** What it does; `false` where there is nothing for it to do now. Missing where the browser
      does it, as Enter opens a link. */
  run?: (event: KeyboardEvent) => boolean | void;
  /** Whether it works while something is being typed too. */
  typing?: boolean;
};

const SHOWN: Record<string, string> = {
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** What the sheet calls what is pressed. */
function nameOf(event: KeyboardEvent): string {
  const name = SHOWN[event.key] ?? event.key;
  return event.ctrlKey ? `Ctrl+${name}` : name;
}

/** Whether it is the key that is pressed; `1–9` is each of them, letters are meant in
    either case. */
function is(key: string, event: KeyboardEvent): boolean {
  if (key === '1–9') return /^[1-9]$/.test(event.key);
  return nameOf(event).toLowerCase() === key.toLowerCase();
}

/** Keys of the page that is shown, and those that work on every page. */
class Keys {
  help = $state(false);
  #sets = new SvelteSet<Key[]>();
  /** When `g` was pressed: a letter within a moment after it leads to a page. */
  #awaiting = -Infinity;
  /** The search that the last key left; another key than Escape goes on from there. */
  #left: HTMLInputElement | null = null;

  start(): void {
    addEventListener('keydown', (event) => this.#pressed(event));
  }

  /** Adds keys of a page, or of what opened on it; returns how to take them away. The sheet
      lists them as long as they are there. */
  on(set: Key[]): () => void {
    this.#sets.add(set);
    return () => this.#sets.delete(set);
  }

  /** The keys of what is shown, each once. */
  get here(): Key[] {
    const all = [...this.#sets].flat();
    const first = (one: Key) =>
      all.find((other) => other.key === one.key && other.does === one.does);
    return all.filter((one) => first(one) === one);
  }

  /** Where `g` and a letter lead the reader. */
  get go(): Entry[] {
    return entries(office.user).filter((one) => one.key);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    const typing = target?.closest('input, textarea, select, [contenteditable], dialog[open]');
    if (typing || event.ctrlKey) {
      if (this.#ran(event, true)) return;
      if (event.key === 'Escape' && typing && !target?.closest('dialog[open]')) {
        // Leaving a search is not clearing it, which browsers would do: what was found is
        // walked through next. A second press clears it.
        event.preventDefault();
        target?.blur();
        this.#left = target instanceof HTMLInputElement && target.type === 'search' ? target : null;
      }
      return;
    }
    if (performance.now() - this.#awaiting < 1500) {
      this.#awaiting = -Infinity;
      const to = this.go.find((one) => one.key === event.key);
      if (to) {
        event.preventDefault();
        router.go(to.path);
        return;
      }
    }
    const left = this.#left;
    this.#left = null;
    if (event.key === 'Escape' && left?.isConnected && left.value) {
      event.preventDefault();
      left.value = '';
      left.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }
    if (this.#ran(event, false)) return;
    if (event.key === 'g') this.#awaiting = performance.now();
    else if (event.key === '?') {
      event.preventDefault();
      this.help = true;
    }
  }

  /** Whether a key of the page had something to do. What opened last is asked first: a list
      within a card, the card, the page. */
  #ran(event: KeyboardEvent, typing: boolean): boolean {
    for (const set of [...this.#sets].reverse()) {
      for (const key of set) {
        if (!key.run || (typing && !key.typing) || !is(key.key, event)) continue;
        if (key.run(event) === false) continue;
        event.preventDefault();
        return true;
      }
    }
    return false;
  }
}

export const keys = new Keys();
