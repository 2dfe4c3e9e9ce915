import { describe, expect, it } from 'vitest';
import type { Expr, Rule, When } from '../api/rules';
import {
  changedKind,
  conditionsOf,
  emptyCondition,
  emptyRule,
  filled,
  furtherLevel,
  joined,
  JOINS,
  kindOf,
  KINDS,
  measured,
  missing,
  partsOf,
  plain,
  stateOf,
} from './form';

const level = emptyCondition('value');
const streams = { properties: ['level'], units: ['m'] };

describe('the form of a rule', () => {
  it('is of the kind that it was changed to, for each kind, and keeps its streams', () => {
    for (const from of KINDS) {
      for (const to of KINDS) {
        const begun = changedKind({ one: { ...level, streams } }, from);
        const when = changedKind(begun, to);
        expect(kindOf(when)).toBe(to);
        expect(conditionsOf(when)[0]?.[1].streams).toEqual(streams);
      }
    }
  });

  it('lets go what does not go with another measure', () => {
    const held = { ...level, held_seconds: 60, back_by: 2, side: 'below' as const };
    const silent = measured(held, 'silence');
    expect(silent).toMatchObject({ held_seconds: 0, back_by: 0, side: 'above' });
    expect(silent.levels).toEqual([{ at: 600, colour: 'yellow' }]);
    const mean = measured(held, 'mean');
    expect(mean).toMatchObject({ held_seconds: 60, back_by: 2, side: 'below' });
    expect(mean.levels).toEqual(held.levels);
  });

  it('adds levels further out and graver, up to red', () => {
    const two = { ...level, levels: [{ at: -2, colour: 'orange' as const }] };
    expect(furtherLevel(two)).toEqual({ at: 0, colour: 'red' });
    expect(furtherLevel({ ...two, side: 'below' })).toEqual({ at: -4, colour: 'red' });
    expect(furtherLevel({ ...two, levels: [{ at: 1, colour: 'red' }] })).toBeNull();
  });

  it('names each condition by the path at which the server names its faults', () => {
    const inner = joined({ is: level }, 'any');
    const of = { sequence: { of: [{ is: level }, inner], within_seconds: 60 } };
    const when: When = { joint: { colour: 'red', of, per: 'area' } };
    expect(conditionsOf(when).map(([at]) => at)).toEqual([
      'when.joint.of.sequence.of[0].is',
      'when.joint.of.sequence.of[1].any.of[0].is',
      'when.joint.of.sequence.of[1].any.of[1].is',
    ]);
  });

  it('keeps parts that are joined in another way, and gives a sequence some time', () => {
    const all = { all: { of: [{ is: level }, { is: level }], within_seconds: 0 } };
    expect(partsOf(joined(all, 'any'))).toHaveLength(2);
    expect(joined(all, 'sequence')).toMatchObject({ sequence: { within_seconds: 1 } });
  });

  it('says all that is missing at once', () => {
    const rule = emptyRule();
    const first = 'one' in rule.when ? rule.when.one.levels[0] : undefined;
    if (first) first.at = NaN;
    rule.escalate = [{ after_minutes: 5, to: '' }];
    rule.cause_name = { zh: '积水', en: '' };
    expect(missing('', rule).map(({ field, what }) => `${field} ${what}`)).toEqual([
      'code text',
      'name.zh text',
      'name.en text',
      'cause text',
      'cause_name.en text',
      'when.one.levels[0].at number',
      'when.one.streams.properties streams',
      'escalate[0].to unit',
    ]);
    const sound = { ...emptyRule(), name: { zh: 'x', en: 'x' }, cause: 'x' };
    sound.when = { one: { ...level, streams } };
    expect(missing('a', sound)).toEqual([]);
  });

  it('fills in what a rule does not say, and sends nothing that is empty', () => {
    const short: Rule = {
      name: { zh: 'x', en: 'x' },
      cause: 'x',
      when: { one: { levels: level.levels, measure: { silence: {} }, streams } },
    };
    const full = filled(short);
    expect(full).toMatchObject({ active: true, opens_case_from: 'blue', escalate: [] });
    expect(full.when).toMatchObject({ one: { side: 'above', held_seconds: 0 } });
    expect(plain(full)).not.toHaveProperty('cause_name');
    expect(plain(full)).not.toHaveProperty('category');
    expect(stateOf({ ...short, active: false })).toBe('off');
    expect(stateOf({ ...short, active: false, removed: true })).toBe('removed');
  });
});

/** A condition for some streams wherever none is said yet. */
function withStreams(part: Expr): Expr {
  if ('is' in part) return { is: { ...part.is, streams } };
  if ('any' in part) return { any: { of: part.any.of.map(withStreams) } };
  if ('all' in part) return { all: { ...part.all, of: part.all.of.map(withStreams) } };
  return { sequence: { ...part.sequence, of: part.sequence.of.map(withStreams) } };
}

describe('what the form writes', () => {
  const begun: When = { one: { ...level, streams } };
  const joint = changedKind(begun, 'joint');
  const whens = KINDS.filter((kind) => kind !== 'joint').map((kind) => changedKind(begun, kind));
  const joints = JOINS.map((join): When => {
    const of = 'joint' in joint ? joint.joint : null;
    return { joint: { ...of!, of: withStreams(joined(of!.of, join)) } };
  });
  const written = [...whens, ...joints].map((when) =>
    plain({ ...emptyRule(), name: { zh: '试', en: 'Trial' }, cause: 'trial', when }),
  );

  // A test of the server sets and tries the same rules.
  it('is in the file that the server is tested with, for each kind', async () => {
    await expect(JSON.stringify(written, null, 2) + '\n').toMatchFileSnapshot('written.json');
  });

  it('is sound, and is read back into the form unchanged', () => {
    for (const rule of written) {
      expect(missing('trial', rule)).toEqual([]);
      expect(plain(filled(rule))).toEqual(rule);
    }
  });
});
