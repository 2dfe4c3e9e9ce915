import { changed, isPage } from './address';

/** The address is the state of a page: everything a colleague should see is in it. */
class Router {
  url = $state.raw(new URL(location.href));

  get path(): string {
    return this.url.pathname;
  }

  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  start(): void {
    addEventListener('popstate', () => (this.url = new URL(location.href)));
    addEventListener('click', (event) => this.#follow(event));
  }

  go(to: string | URL, how: { replace?: boolean } = {}): void {
    const url = new URL(to, location.href);
    if (url.href === location.href) return;
    const samePage = url.pathname === location.pathname;
    if (how.replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.url = url;
    if (!samePage) scrollTo(0, 0);
  }

  /** Changes parts of the query; `null` takes one out. */
  set(changes: Record<string, string | null>, how: { replace?: boolean } = {}): void {
    this.go(this.with(changes), how);
  }

  /** The present address with parts of its query changed. */
  with(changes: Record<string, string | null>): string {
    return changed(this.url, changes);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement)) return;
    if (link.target || link.hasAttribute('download')) return;
    if (!isPage(new URL(link.href), this.url)) return;
    event.preventDefault();
    this.go(link.href);
  }
}

export const router = new Router();
