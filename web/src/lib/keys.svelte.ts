import { router } from './router.svelte';

type Handler = (event: KeyboardEvent) => boolean | void;

const GO: Record<string, string> = {
  d: '/desk',
  q: '/queue',
  b: '/boards',
  w: '/whistles',
  a: '/alerts',
  r: '/report',
  f: '/follow',
  h: '/',
};

/** Keys that work on every page; off while something is being typed. */
class Keys {
  help = $state(false);
  #handlers = new Set<Handler>();
  #awaiting = 0;
  /** The search that the last key left; another key than Escape goes on from there. */
  #left: HTMLInputElement | null = null;

  start(): void {
    addEventListener('keydown', (event) => this.#pressed(event));
  }

  /** Adds a page's own keys; returns how to take them away. */
  on(handler: Handler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    const typing = target?.closest('input, textarea, select, [contenteditable], dialog[open]');
    if (typing) {
      if (event.key === 'Escape' && !target?.closest('dialog[open]')) {
        // Leaving a search is not clearing it, which browsers would do: what was found is
        // walked through next. A second press clears it.
        event.preventDefault();
        target?.blur();
        this.#left = target instanceof HTMLInputElement && target.type === 'search' ? target : null;
      }
      return;
    }
    if (performance.now() - this.#awaiting < 1500) {
      this.#awaiting = 0;
      const to = GO[event.key];
      if (to) {
        event.preventDefault();
        router.go(to);
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
    // What opened last is asked first: a list within a card, the card, the page.
    for (const handler of [...this.#handlers].reverse()) {
      if (handler(event)) {
        event.preventDefault();
        return;
      }
    }
    if (event.key === 'g') this.#awaiting = performance.now();
    else if (event.key === '?') {
      event.preventDefault();
      this.help = true;
    }
  }
}

export const keys = new Keys();
