import type { User } from './api/types';
import type { Messages } from './i18n/zh';

/** A page that is one press away: by a link at the head of every page, by keys, or both. */
export type Entry = {
  path: string;
  name: (t: Messages) => string;
  /** The key after `g`. */
  key?: string;
  /** Whether it stands at the head; others have their own way there. */
  head: boolean;
  /** Addresses under which it is the page that is shown; its own where it is not said. */
  under?: RegExp;
};

const WITH_QUEUE: User['role'][] = ['unit', 'operator', 'leader'];

/** What the reader can go to, in the order of the head. */
export function entries(reader: User | null): Entry[] {
  // Whoever helps with tasks is led to what residents are led to.
  const user = reader?.role === 'contributor' ? null : reader;
  const { role, unit } = user ?? { role: null, unit: null };
  const steward = role === 'steward';
  const all: (Entry | false)[] = [
    { path: '/', name: (t) => t.common.home, key: 'h', head: false },
    (role === 'verifier' || !!unit) && {
      path: '/patrol',
      name: (t) => t.patrol.nav,
      key: 'p',
      head: true,
    },
    !!user && { path: '/desk', name: (t) => t.desk.title, key: 'd', head: true },
    !!role &&
      WITH_QUEUE.includes(role) && {
        path: '/queue',
        name: (t) => t.queue.title,
        key: 'q',
        head: true,
      },
    !!user && { path: '/boards', name: (t) => t.boards.title, key: 'b', head: true },
    !!user && {
      path: '/whistles',
      name: (t) => t.whistles.nav,
      key: 'w',
      head: true,
      under: /^\/whistles/,
    },
    !!user &&
      role !== 'partner' && {
        path: '/seats',
        name: (t) => t.common.seats,
        key: 'e',
        head: false,
        under: /^\/(seats|roster)\b/,
      },
    !!user &&
      role !== 'partner' && {
        path: '/alerts',
        name: (t) => t.sensing.nav,
        key: 'a',
        head: true,
        under: /^\/(alerts|things|warnings|rules|devices)\b(?!\/now)/,
      },
    !!user &&
      role !== 'partner' && {
        path: '/scenarios',
        name: (t) => t.common.scenarios,
        key: 'o',
        head: false,
      },
    !!user &&
      role !== 'partner' && {
        path: '/studies',
        name: (t) => t.common.studies,
        key: 'i',
        head: false,
      },
    (steward || role === 'leader') && {
      path: '/grid',
      name: (t) => t.grid.nav,
      key: 'm',
      head: true,
    },
    (steward || role === 'admin') && {
      path: '/city',
      name: (t) => t.common.settings,
      key: 's',
      head: true,
      under: /^\/city/,
    },
    role === 'operator' && {
      path: '/hotline',
      name: (t) => t.hotline.nav,
      key: 'c',
      head: true,
    },
    // What residents come for stands first; staff have their own ways to it.
    { path: '/report', name: (t) => t.report.nav, key: 'r', head: !user },
    {
      path: '/follow',
      name: (t) => t.follow.nav,
      key: 'f',
      head: !user,
      under: /^\/follow/,
    },
    { path: '/near', name: (t) => t.near.nav, key: 'n', head: !user },
    {
      path: '/together',
      name: (t) => t.common.together,
      key: 't',
      head: true,
      under: /^\/together/,
    },
    !user && { path: '/warnings/now', name: (t) => t.sensing.warnings.nav, head: true },
  ];
  return all.filter((one) => one !== false);
}
