import type { Rule } from './api/rules';
import type { LocalText } from './api/types';

export type Named = LocalText;

/** What causes are called: as a rule that is followed calls it before one that is not;
    a cause that no rule names has the name of its only rule. */
export function causeNames(rules: Rule[]): Map<string, Named> {
  const names = new Map<string, Named>();
  const byCause = new Map<string, Rule[]>();
  for (const rule of rules) byCause.set(rule.cause, [...(byCause.get(rule.cause) ?? []), rule]);
  for (const [cause, all] of byCause) {
    const followed = all.filter((rule) => rule.active !== false && !rule.removed);
    const named = [...followed, ...all].find((rule) => rule.cause_name)?.cause_name;
    const only = followed.length === 1 ? followed[0] : all.length === 1 ? all[0] : undefined;
    names.set(cause, named ?? only?.name ?? { zh: cause, en: cause });
  }
  return names;
}
