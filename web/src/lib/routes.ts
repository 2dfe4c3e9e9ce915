import type { Component } from 'svelte';

type Page = { default: Component<{ param: string }> };

export type Route = {
  name: string;
  /** Only for who is signed in. */
  staff: boolean;
  /** Opens without a connection too. */
  offline: boolean;
  /** Has the window to itself. */
  bare: boolean;
  param: string;
  load: () => Promise<Page>;
};

type Pattern = {
  name: string;
  path: RegExp;
  staff: boolean;
  offline: boolean;
  bare: boolean;
  load: () => Promise<unknown>;
};

const PATTERNS: Pattern[] = [
  offline(page('welcome', /^\/$/, () => import('../pages/Welcome.svelte'))),
  page('sign-in', /^\/sign-in$/, () => import('../pages/SignIn.svelte')),
  offline(page('report', /^\/report$/, () => import('../pages/Report.svelte'))),
  offline(page('follow', /^\/follow(?:\/([^/]+))?$/, () => import('../pages/Follow.svelte'))),
  offline(desk('patrol', /^\/patrol$/, () => import('../pages/Patrol.svelte'))),
  page('near', /^\/near$/, () => import('../pages/Near.svelte')),
  desk('upload', /^\/upload$/, () => import('../pages/Upload.svelte')),
  desk('hotline', /^\/hotline$/, () => import('../pages/Hotline.svelte')),
  page('together', /^\/together$/, () => import('../pages/Together.svelte')),
  page('dossier', /^\/together\/[dD]?(\d+)$/, () => import('../pages/Dossier.svelte')),
  desk('desk', /^\/desk$/, () => import('../pages/Desk.svelte')),
  desk('queue', /^\/queue$/, () => import('../pages/Queue.svelte')),
  desk('needs', /^\/needs$/, () => import('../pages/Needs.svelte')),
  desk('seats', /^\/seats$/, () => import('../pages/Seats.svelte')),
  desk('roster', /^\/roster$/, () => import('../pages/Roster.svelte')),
  desk('boards', /^\/boards$/, () => import('../pages/Boards.svelte')),
  bare(desk('wall', /^\/wall$/, () => import('../pages/Wall.svelte'))),
  desk('whistles', /^\/whistles$/, () => import('../pages/Whistles.svelte')),
  desk('blow', /^\/whistles\/new$/, () => import('../pages/BlowWhistle.svelte')),
  desk('whistle', /^\/whistles\/[wW]?(\d+)$/, () => import('../pages/Whistle.svelte')),
  desk('alerts', /^\/alerts$/, () => import('../pages/Alerts.svelte')),
  desk('things', /^\/things$/, () => import('../pages/Things.svelte')),
  desk('thing', /^\/things\/(\d+)$/, () => import('../pages/Thing.svelte')),
  desk('warnings', /^\/warnings$/, () => import('../pages/WarningDesk.svelte')),
  desk(
    'warning-settings',
    /^\/warnings\/settings$/,
    () => import('../pages/WarningSettings.svelte'),
  ),
  page('warnings-now', /^\/warnings\/now$/, () => import('../pages/PublicWarnings.svelte')),
  desk('rules', /^\/rules$/, () => import('../pages/Rules.svelte')),
  desk('mappings', /^\/devices\/mappings$/, () => import('../pages/Mappings.svelte')),
  desk('devices', /^\/devices$/, () => import('../pages/Devices.svelte')),
  desk('studies', /^\/studies$/, () => import('../pages/Studies.svelte')),
  desk('scenarios', /^\/scenarios$/, () => import('../pages/Scenarios.svelte')),
  desk('scenario', /^\/scenarios\/([a-z0-9._-]+)$/, () => import('../pages/Scenario.svelte')),
  desk('grid', /^\/grid$/, () => import('../pages/Grid.svelte')),
  desk('settings', /^\/city(?:\/([a-z]+))?$/, () => import('../pages/City.svelte')),
  desk('case', /^\/cases\/[cC]?(\d+)$/, () => import('../pages/Case.svelte')),
];

function page(name: string, path: RegExp, load: Pattern['load']): Pattern {
  return { name, path, staff: false, offline: false, bare: false, load };
}

function desk(name: string, path: RegExp, load: Pattern['load']): Pattern {
  return { name, path, staff: true, offline: false, bare: false, load };
}

function bare(pattern: Pattern): Pattern {
  return { ...pattern, bare: true };
}

function offline(pattern: Pattern): Pattern {
  return { ...pattern, offline: true };
}

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
  for (const { path: pattern, load, ...page } of PATTERNS) {
    const found = pattern.exec(trimmed);
    if (found) {
      return { ...page, param: decoded(found[1] ?? ''), load: load as () => Promise<Page> };
    }
  }
  const load = () => import('../pages/NotFound.svelte') as Promise<unknown> as Promise<Page>;
  return { name: 'not-found', staff: false, offline: false, bare: false, param: path, load };
}
