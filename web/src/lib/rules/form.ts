import type { Condition, Expr, Joint, Level, Measure, Near, Rule, When } from '../api/rules';
import type { Fault } from '../fault';

export const MEASURES = [
  'value',
  'rate',
  'sum',
  'mean',
  'silence',
  'stuck',
  'routine',
  'score',
] as const;
export type MeasureName = (typeof MEASURES)[number];
/** What a rule looks for: a measure of one stream, or several streams. */
export const KINDS = [...MEASURES, 'joint', 'near'] as const;
export type Kind = (typeof KINDS)[number];
export const JOINS = ['all', 'any', 'sequence'] as const;
export type Join = (typeof JOINS)[number];

/** In what the levels of a measure are said. */
export type LevelUnit = 'stream' | 'rate' | 'seconds' | 'habit' | 'score';

export const measureOf = ({ measure }: Condition): MeasureName =>
  MEASURES.find((name) => name in measure) ?? 'value';

export const levelUnit = (name: MeasureName): LevelUnit =>
  name === 'rate'
    ? 'rate'
    : name === 'silence' || name === 'stuck'
      ? 'seconds'
      : name === 'routine'
        ? 'habit'
        : name === 'score'
          ? 'score'
          : 'stream';

/** Whether a measure grows only while nothing happens: it has one side, and nothing to hold. */
export const growsAlone = (name: MeasureName): boolean =>
  name === 'silence' || name === 'stuck' || name === 'routine';

const FIRST: Record<MeasureName, { measure: Measure; at: number }> = {
  value: { measure: { value: {} }, at: 1 },
  rate: { measure: { rate: { over_seconds: 600, per_seconds: 3600 } }, at: 1 },
  sum: { measure: { sum: { over_seconds: 3600 } }, at: 10 },
  mean: { measure: { mean: { over_seconds: 600 } }, at: 1 },
  silence: { measure: { silence: {} }, at: 600 },
  stuck: { measure: { stuck: { tolerance: 0.01 } }, at: 86_400 },
  routine: { measure: { routine: { active_above: 0, learn_days: 14 } }, at: 2 },
  score: { measure: { score: {} }, at: 0.5 },
};

export function emptyCondition(name: MeasureName = 'value'): Condition {
  const { measure, at } = FIRST[name];
  return {
    back_by: 0,
    clear_after_seconds: 0,
    held_seconds: 0,
    levels: [{ at, colour: 'yellow' }],
    measure: structuredClone(measure),
    side: 'above',
    streams: {},
  };
}

/** The condition with something else measured: what does not go with that is let go. */
export function measured(before: Condition, name: MeasureName): Condition {
  const next = emptyCondition(name);
  const same = levelUnit(name) === levelUnit(measureOf(before));
  const kept = { streams: before.streams, levels: same ? before.levels : next.levels };
  if (growsAlone(name) || name === 'score') return { ...next, ...kept };
  return { ...before, ...kept, measure: next.measure };
}

/** A further level, further out and graver than the last; none above red. */
export function furtherLevel({ levels, side }: Condition): Level | null {
  const last = levels.at(-1);
  const order = ['blue', 'yellow', 'orange', 'red'] as const;
  const colour = order[order.indexOf(last?.colour ?? 'blue') + 1];
  if (!last || !colour) return null;
  const step = Math.abs(last.at) || 1;
  return { at: side === 'below' ? last.at - step : last.at + step, colour };
}

export const kindOf = (when: When): Kind =>
  'joint' in when ? 'joint' : 'near' in when ? 'near' : measureOf(when.one);

/** The first condition of a rule, which a change of its kind starts from. */
function firstOf(when: When): Condition {
  if ('one' in when) return when.one;
  if ('near' in when) return when.near.of;
  let part: Expr = when.joint.of;
  for (;;) {
    if ('is' in part) return part.is;
    const inside: Expr | undefined = partsOf(part)[0];
    if (!inside) return emptyCondition();
    part = inside;
  }
}

/** What a rule looks for, changed to another kind with as much kept as goes with it. */
export function changedKind(when: When, kind: Kind): When {
  if (kind === kindOf(when)) return when;
  const first = firstOf(when);
  if (kind === 'joint') {
    const of: Expr = {
      all: { of: [{ is: first }, { is: emptyCondition() }], within_seconds: 600 },
    };
    return { joint: { colour: 'orange', of, per: 'thing', settle_seconds: 0 } };
  }
  if (kind === 'near') {
    const near = { count: 3, within_metres: 500, within_seconds: 600, settle_seconds: 0 };
    return { near: { colour: 'orange', of: first, ...near } };
  }
  return { one: measured(first, kind) };
}

export const joinOf = (part: Expr): Join | 'is' =>
  'is' in part ? 'is' : (JOINS.find((name) => name in part) ?? 'all');

export function partsOf(part: Expr): Expr[] {
  if ('all' in part) return part.all.of;
  if ('any' in part) return part.any.of;
  return 'sequence' in part ? part.sequence.of : [];
}

/** Parts joined in another way; what is one condition becomes two. */
export function joined(part: Expr, join: Join): Expr {
  const of = 'is' in part ? [part, { is: emptyCondition() }] : partsOf(part);
  const within_seconds =
    'all' in part
      ? part.all.within_seconds
      : 'sequence' in part
        ? part.sequence.within_seconds
        : 600;
  if (join === 'any') return { any: { of } };
  return join === 'all'
    ? { all: { of, within_seconds } }
    : { sequence: { of, within_seconds: Math.max(1, within_seconds) } };
}

export const emptyRule = (): Rule => ({
  active: true,
  cause: '',
  cause_name: { zh: '', en: '' },
  escalate: [],
  inhibited_by: [],
  name: { zh: '', en: '' },
  opens_case_from: 'blue',
  removed: false,
  when: { one: emptyCondition() },
});

const filledCondition = (of: Condition): Condition => ({ ...emptyCondition(measureOf(of)), ...of });

function filledExpr(part: Expr): Expr {
  if ('is' in part) return { is: filledCondition(part.is) };
  if ('any' in part) return { any: { of: part.any.of.map(filledExpr) } };
  if ('all' in part) return { all: { ...part.all, of: part.all.of.map(filledExpr) } };
  return { sequence: { ...part.sequence, of: part.sequence.of.map(filledExpr) } };
}

function filledWhen(when: When): When {
  if ('one' in when) return { one: filledCondition(when.one) };
  if ('near' in when) {
    return { near: { settle_seconds: 0, ...when.near, of: filledCondition(when.near.of) } };
  }
  return { joint: { settle_seconds: 0, ...when.joint, of: filledExpr(when.joint.of) } };
}

/** A rule with all that it does not say said, as a form wants it. */
export const filled = (rule: Rule): Rule => ({
  ...emptyRule(),
  ...structuredClone(rule),
  when: filledWhen(structuredClone(rule.when)),
});

/** A rule as it is sent: what is empty is not said. */
export function plain(rule: Rule): Rule {
  const { cause_name, category, ...rest } = rule;
  const named = cause_name && (cause_name.zh.trim() || cause_name.en.trim());
  return { ...rest, ...(named ? { cause_name } : {}), ...(category ? { category } : {}) };
}

/** Each condition of a rule with the path of its field, `when.one`. */
export function conditionsOf(when: When): [string, Condition][] {
  if ('one' in when) return [['when.one', when.one]];
  if ('near' in when) return [['when.near.of', when.near.of]];
  const found: [string, Condition][] = [];
  const visit = (part: Expr, at: string) => {
    if ('is' in part) found.push([`${at}.is`, part.is]);
    else partsOf(part).forEach((one, n) => visit(one, `${at}.${joinOf(part)}.of[${n}]`));
  };
  visit(when.joint.of, 'when.joint.of');
  return found;
}

/** Paths of numbers that were left empty, which a field gives as NaN or nothing. */
function emptyNumbers(value: unknown, at: string): string[] {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return [at];
  if (Array.isArray(value)) return value.flatMap((one, n) => emptyNumbers(one, `${at}[${n}]`));
  if (typeof value !== 'object') return [];
  return Object.entries(value as object).flatMap(([key, one]) => emptyNumbers(one, `${at}.${key}`));
}

export type Missing = { field: string; what: 'text' | 'number' | 'streams' | 'unit' };

/** What of a rule is missing, all of it at once; the rest is for the server to refuse. */
export function missing(code: string, rule: Rule): Missing[] {
  const found: Missing[] = [];
  const text = (field: string, words: string) => {
    if (!words.trim()) found.push({ field, what: 'text' });
  };
  text('code', code);
  text('name.zh', rule.name.zh);
  text('name.en', rule.name.en);
  text('cause', rule.cause);
  const called = rule.cause_name;
  if (called && (called.zh.trim() || called.en.trim())) {
    text('cause_name.zh', called.zh);
    text('cause_name.en', called.en);
  }
  for (const field of emptyNumbers(rule.when, 'when')) found.push({ field, what: 'number' });
  for (const [at, { streams }] of conditionsOf(rule.when)) {
    const none = !streams.properties?.length && !streams.things?.length;
    if (none) found.push({ field: `${at}.streams.properties`, what: 'streams' });
  }
  rule.escalate?.forEach((rung, n) => {
    if (!rung.to) found.push({ field: `escalate[${n}].to`, what: 'unit' });
    const minutes = emptyNumbers(rung.after_minutes, `escalate[${n}].after_minutes`);
    found.push(...minutes.map((field) => ({ field, what: 'number' as const })));
  });
  return found;
}

/** What is wrong with the control of an id. */
export const faultAt = (faults: Fault[], id: string): string | undefined =>
  faults.find((fault) => fault.id === id)?.message;

/** Whether a rule belongs to a table of warning thresholds, which sets it. */
export const isOfTable = (code: string): boolean => code.startsWith('warning.');

export type State = 'on' | 'off' | 'removed';
export const stateOf = (rule: Rule): State =>
  rule.removed ? 'removed' : rule.active === false ? 'off' : 'on';

/** The colours that a rule can find, each once. */
export function coloursOf(when: When): Level['colour'][] {
  if ('one' in when) return when.one.levels.map((level) => level.colour);
  const of: Joint | Near = 'near' in when ? when.near : when.joint;
  return [of.colour];
}
