import { i18n } from '../i18n/index.svelte';
import type { Setting } from '../settings/keeper.svelte';
import { answer, client } from './index';
import { Problem } from './problem';
import type { Colour } from './sensing';
import type { components } from './schema';
import type { LocalText } from './types';

/** Which streams a condition is for: those that every list that is not empty names. */
export type Scope = {
  areas?: string[];
  properties?: string[];
  things?: number[];
  units?: string[];
};

export type Level = { at: number; colour: Colour };

/** What is measured of a stream; one key says what. */
export type Measure =
  | { value: Record<string, never> }
  | { rate: { over_seconds: number; per_seconds: number } }
  | { sum: { over_seconds: number } }
  | { mean: { over_seconds: number } }
  | { silence: Record<string, never> }
  | { stuck: { tolerance: number } }
  | { routine: { active_above: number; learn_days: number } }
  | { score: Record<string, never> };

export type Condition = {
  back_by?: number;
  clear_after_seconds?: number;
  held_seconds?: number;
  levels: Level[];
  measure: Measure;
  side?: 'above' | 'below';
  streams: Scope;
};

export type Expr =
  | { is: Condition }
  | { all: { of: Expr[]; within_seconds: number } }
  | { any: { of: Expr[] } }
  | { sequence: { of: Expr[]; within_seconds: number } };

export type Per = 'thing' | 'area' | 'city';
export type Joint = { colour: Colour; of: Expr; per: Per; settle_seconds?: number };
export type Near = {
  colour: Colour;
  count: number;
  of: Condition;
  settle_seconds?: number;
  within_metres: number;
  within_seconds: number;
};
export type When = { one: Condition } | { joint: Joint } | { near: Near };

/** A rule, as docs/API.md describes it. */
export type Rule = {
  active?: boolean;
  category?: string;
  cause: string;
  cause_name?: LocalText;
  escalate?: { after_minutes: number; to: string }[];
  inhibited_by?: string[];
  name: LocalText;
  opens_case_from?: Colour;
  removed?: boolean;
  when: When;
};

type Schemas = components['schemas'];
type RuleView = Omit<Schemas['RuleView'], 'rule'> & { rule: Rule };
export type Episode = Schemas['EpisodeView'];
export type Previewed = Schemas['PreviewView'];

/** A rule is looked for in up to twenty million readings: that takes longer than a page. */
const PREVIEW_TIMEOUT_MS = 180_000;

const setting = (view: RuleView): Setting<Rule> => ({
  code: view.code,
  version: view.version,
  set_at: view.at,
  set_by: view.by,
  grounds: view.grounds,
  value: view.rule,
});

/** The fields of a rule are named from the rule on, whoever found the fault. */
function fromTheRule(error: unknown): never {
  const problem = Problem.of(error);
  problem.field = problem.field?.replace(/^rule\.(?=.)/, '') ?? null;
  throw problem;
}

export type Trial = components['schemas']['TrialView'];

export const rules = {
  list: async (): Promise<Setting<Rule>[]> =>
    ((await answer(client.GET('/api/v1/rules'))) as unknown as RuleView[]).map(setting),
  history: async (rule: string): Promise<Setting<Rule>[]> => {
    const path = { rule };
    const asked = answer(client.GET('/api/v1/rules/{rule}/history', { params: { path } }));
    return ((await asked) as unknown as RuleView[]).map(setting);
  },
  set: async (code: string, version: number, rule: Rule, reason: string | null) =>
    setting(
      (await answer(
        client.POST('/api/v1/rules', {
          params: { header: { 'If-Match': `"${version}"` } },
          // A rule's form is not in the interface's own description.
          body: { code, rule: rule as object as Record<string, never>, reason },
        }),
      ).catch(fromTheRule)) as unknown as RuleView,
    ),
  /** How far the trial is that is under way; others' are made before one's own. */
  trial: () => answer(client.GET('/api/v1/rules/preview')) as Promise<Trial | null>,
  /** Tries a rule on the readings of a time; given up when the signal says so. */
  async preview(rule: Rule, from: string, to: string, signal: AbortSignal): Promise<Previewed> {
    const asked = fetch('/api/v1/rules/preview', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': i18n.tag },
      body: JSON.stringify({ rule, from, to }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PREVIEW_TIMEOUT_MS)]),
    });
    const response = await asked.catch(fromTheRule);
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) fromTheRule(new Problem(response.status, body));
    return body as Previewed;
  },
};
