import type { Component } from 'svelte';

type Page = { default: Component<{ param: string }> };

export type Route = {
  /** Only for who is signed in. */
  staff: boolean;
  param: string;
  load: () => Promise<Page>;
};

type Pattern = { path: RegExp; staff: boolean; load: () => Promise<unknown> };

const PATTERNS: Pattern[] = [
  { path: /^\/$/, staff: false, load: () => import('../pages/Welcome.svelte') },
  { path: /^\/sign-in$/, staff: false, load: () => import('../pages/SignIn.svelte') },
  { path: /^\/report$/, staff: false, load: () => import('../pages/Report.svelte') },
  { path: /^\/follow(?:\/([^/]+))?$/, staff: false, load: () => import('../pages/Follow.svelte') },
  { path: /^\/desk$/, staff: true, load: () => import('../pages/Desk.svelte') },
  { path: /^\/cases\/([cC]?\d+)$/, staff: true, load: () => import('../pages/Case.svelte') },
];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The page an address asks for. */
export function routeOf(path: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  for (const { path: pattern, staff, load } of PATTERNS) {
    const found = pattern.exec(trimmed);
    if (found) {
      return { staff, param: decoded(found[1] ?? ''), load: load as () => Promise<Page> };
    }
  }
  const load = () => import('../pages/NotFound.svelte') as Promise<unknown> as Promise<Page>;
  return { staff: false, param: path, load };
}
