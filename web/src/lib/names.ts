import { i18n } from './i18n/index.svelte';
import { unitKinds } from './i18n/kinds';
import { office } from './session.svelte';
import type { Area, Category, City, LocalText, Unit } from './api/types';

type Named = { code: string; name: LocalText };

/** The name of a code in the reader's language; the code itself where nobody knows it. */
function named(list: Named[] | undefined, code: string | null | undefined): string {
  if (!code) return '';
  const found = list?.find((one) => one.code === code);
  return found ? i18n.pick(found.name) : code;
}

/** The units to which something can be sent: those out of use keep their old cases only. */
export const unitsInUse = (): Unit[] => (office.city?.units ?? []).filter((one) => !one.retired);

/** The numerals of the four colours, the gravest I. */
const NUMERALS: Record<string, string> = { blue: 'IV', yellow: 'III', orange: 'II', red: 'I' };

/** As a label begins: with a capital letter where the language has them. */
const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export const names = {
  /** The numeral that stands beside a colour, so that it is told without it. */
  level: (colour: string) => NUMERALS[colour] ?? '',
  area: (code: string | null | undefined) => named(office.city?.areas, code),
  unit: (code: string | null | undefined) => named(office.city?.units, code),
  tier: (code: string | null | undefined) => {
    const kinds: Record<string, string> = unitKinds[i18n.lang];
    return capital(kinds[code ?? ''] ?? code ?? '');
  },
  category: (code: string | null | undefined) => named(office.city?.categories, code),
  channel: (code: string | null | undefined) => named(office.city?.channels, code),
  stage: (code: string | null | undefined) => capital(named(office.city?.stages, code)),
  action: (code: string | null | undefined) => capital(named(office.city?.actions, code)),
  event: (code: string | null | undefined) => capital(named(office.city?.events, code)),
  declineReason: (code: string | null | undefined) => named(office.city?.decline_reasons, code),
  shelveReason: (code: string | null | undefined) => named(office.city?.shelve_reasons, code),
  supervisionLevel: (code: string | null | undefined) =>
    named(office.city?.supervision_levels, code),
  whistleKind: (code: string | null | undefined) =>
    capital(named(office.city?.whistles.kinds, code)),
  whistleStage: (code: string | null | undefined) =>
    capital(named(office.city?.whistles.stages, code)),
  whistleAction: (code: string | null | undefined) =>
    capital(named(office.city?.whistles.actions, code)),
  whistleEvent: (code: string | null | undefined) =>
    capital(named(office.city?.whistles.events, code)),
  attendance: (code: string | null | undefined) => named(office.city?.whistles.attendances, code),
  returnReason: (code: string | null | undefined) => named(office.city?.return_reasons, code),
};

/** Categories under the names of their groups, in the city's order. */
export function categoriesByGroup(city: City): { group: string; categories: Category[] }[] {
  const groups = new Map<string, Category[]>();
  for (const category of city.categories) {
    const group = i18n.pick(category.group);
    groups.set(group, [...(groups.get(group) ?? []), category]);
  }
  return Array.from(groups, ([group, categories]) => ({ group, categories }));
}

/** Areas as a tree in reading order, with the depth of each. */
export function areasInOrder(areas: Area[]): { area: Area; depth: number }[] {
  const children = new Map<string | null, Area[]>();
  const known = new Set(areas.map((area) => area.code));
  for (const area of areas) {
    // Others have taken its place; older cases still name it.
    if (area.retired) continue;
    const parent = area.parent !== null && known.has(area.parent) ? area.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), area]);
  }
  const ordered: { area: Area; depth: number }[] = [];
  const visit = (parent: string | null, depth: number) => {
    for (const area of children.get(parent) ?? []) {
      ordered.push({ area, depth });
      visit(area.code, depth + 1);
    }
  };
  visit(null, 0);
  return ordered;
}
