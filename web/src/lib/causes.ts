import type { Rule } from './api/rules';
import type { LocalText } from './api/types';

export type Named = LocalText;

/** What causes are called: as a rule that is followed calls it before one that is not;
    a cause that no rule names has the names of its rules. */
export function causeNames(rules: Rule[]): Map<string, Named> {
  const names = new Map<string, Named>();
  const byCause = new Map<string, Rule[]>();
  for (const rule of rules) byCause.set(rule.cause, [...(byCause.get(rule.cause) ?? []), rule]);
  for (const [cause, all] of byCause) {
    const followed = all.filter((rule) => rule.active !== false && !rule.removed);
    const named = [...followed, ...all].find((rule) => rule.cause_name)?.cause_name;
    names.set(cause, named ?? together(followed.length > 0 ? followed : all));
  }
  return names;
}

/** The names of some rules, each once; of many the first few. */
function together(rules: Rule[]): Named {
  const listed = (names: string[], between: string, more: (n: number) => string) => {
    const each = [...new Set(names)];
    const rest = each.length - SHOWN;
    return each.slice(0, SHOWN).join(between) + (rest > 0 ? more(rest) : '');
  };
  return {
    zh: listed(
      rules.map((rule) => rule.name.zh),
      '、',
      (n) => `等 ${n + SHOWN} 条规则`,
    ),
    en: listed(
      rules.map((rule) => rule.name.en ?? rule.name.zh),
      ', ',
      (n) => ` and ${n} more`,
    ),
  };
}

/** So many names stand for a cause. */
const SHOWN = 2;
