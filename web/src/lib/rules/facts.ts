import type { Condition, Expr, Rule, When } from '../api/rules';
import type { Colour } from '../api/sensing';
import type { RuleWords } from '../i18n/rules';
import { joinOf, kindOf, levelUnit, measureOf, partsOf, stateOf } from './form';

/** How things are called in the reader's language. */
export type Says = {
  words: RuleWords;
  colour: (colour: Colour) => string;
  span: (seconds: number) => string;
  number: (value: number) => string;
  list: (names: string[]) => string;
  pick: (text: { zh: string; en: string } | null | undefined) => string;
  cause: (code: string) => string;
  area: (code: string) => string;
  unit: (code: string) => string;
  category: (code: string) => string;
};

/** `rainfall (mm) · Riverside`: for which streams a condition is. */
export function scopeText({ streams }: Condition, says: Says): string {
  const parts = [says.list(streams.properties ?? [])];
  if (streams.units?.length) parts[0] += ` (${says.list(streams.units)})`;
  if (streams.things?.length) parts.push(says.words.facts.things(streams.things.length));
  if (streams.areas?.length) parts.push(says.list(streams.areas.map(says.area)));
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .join(' · ');
}

/** The measure of a condition with what belongs to it: `Sum, 3 hours`. */
export function measureText(of: Condition, says: Says): string {
  const name = says.words.measures[measureOf(of)];
  const { measure } = of;
  if ('rate' in measure) {
    const over = measure.rate.over_seconds;
    return [name, ...(over ? [says.span(over)] : [])].join(' · ');
  }
  if ('sum' in measure) return `${name} · ${says.span(measure.sum.over_seconds)}`;
  if ('mean' in measure) return `${name} · ${says.span(measure.mean.over_seconds)}`;
  if ('stuck' in measure) return `${name} (±${says.number(measure.stuck.tolerance)})`;
  return name;
}

/** A value of a level with its unit where the rule knows it. */
export function levelText(at: number, of: Condition, says: Says): string {
  const unit = levelUnit(measureOf(of));
  if (unit === 'seconds') return says.span(at);
  if ('rate' in of.measure) {
    return `${says.number(at)} / ${says.span(of.measure.rate.per_seconds)}`;
  }
  const symbol = unit === 'stream' && of.streams.units?.length === 1 ? of.streams.units[0] : '';
  return [says.number(at), symbol].filter(Boolean).join(' ');
}

/** A condition in a line: `rainfall (mm): Sum · 3 hours ≥ 50 mm Yellow, 100 mm Red, held 5 minutes`. */
export function conditionText(of: Condition, says: Says, coloured = true): string {
  const sign = of.side === 'below' ? '≤' : '≥';
  const levels = of.levels.map(({ at, colour }) => {
    const value = levelText(at, of, says);
    return coloured ? `${value} ${says.colour(colour)}` : value;
  });
  const held = of.held_seconds ? ` · ${says.words.facts.held(says.span(of.held_seconds))}` : '';
  const shown = coloured ? levels : levels.slice(0, 1);
  return `${scopeText(of, says)} · ${measureText(of, says)} ${sign} ${says.list(shown)}${held}`;
}

function exprText(part: Expr, says: Says): string {
  if ('is' in part) return conditionText(part.is, says, false);
  const join = joinOf(part) as 'all' | 'any' | 'sequence';
  const within =
    'all' in part ? part.all.within_seconds : 'sequence' in part ? part.sequence.within_seconds : 0;
  const when = within ? ` (${says.words.facts.within(says.span(within))})` : '';
  const inside = partsOf(part).map((one) => `[${exprText(one, says)}]`);
  return `${says.words.joins[join]}${when}: ${inside.join(' ')}`;
}

/** What a rule looks for, in a line. */
export function whenText(when: When, says: Says): string {
  if ('one' in when) return conditionText(when.one, says);
  if ('near' in when) {
    const { count, within_metres, within_seconds, of } = when.near;
    const where = says.words.facts.near(count, says.number(within_metres));
    const time = within_seconds ? ` · ${says.words.facts.within(says.span(within_seconds))}` : '';
    return `${where}${time} · ${conditionText(of, says, false)}`;
  }
  return exprText(when.joint.of, says);
}

/** All that a rule says, as a reader would name and say it: what history compares. */
export function facts(rule: Rule, says: Says): Record<string, string> {
  const { words: t } = says;
  const said: Record<string, string> = {
    [t.facts.state]: t.states[stateOf(rule)],
    [`${t.name} (zh)`]: rule.name.zh,
    [`${t.name} (en)`]: rule.name.en,
    [t.cause]: rule.cause,
    [t.causeName]: says.pick(rule.cause_name),
    [t.kind]: t.kinds[kindOf(rule.when)],
    [t.watches]: whenText(rule.when, says),
    [t.category]: rule.category ? says.category(rule.category) : t.noCategory,
    [t.opensFrom]: t.facts.opens(says.colour(rule.opens_case_from ?? 'blue')),
    [t.facts.rungs]: (rule.escalate ?? [])
      .map(({ after_minutes, to }) => `${t.minutesShort(after_minutes)} ${says.unit(to)}`)
      .join(' → '),
    [t.inhibited]: says.list((rule.inhibited_by ?? []).map(says.cause)),
  };
  if ('one' in rule.when) {
    const { back_by = 0, clear_after_seconds: after = 0 } = rule.when.one;
    said[t.back_by] = says.number(back_by);
    said[t.clearAfter] = says.span(after);
  } else {
    const of = 'near' in rule.when ? rule.when.near : rule.when.joint;
    said[t.partColour] = says.colour(of.colour);
    said[t.settle] = says.span(of.settle_seconds ?? 0);
    if ('joint' in rule.when) said[t.perOf] = t.pers[rule.when.joint.per];
  }
  return said;
}
