import { rules, type Rule } from './api/rules';
import { i18n } from './i18n/index.svelte';
import type { Setting } from './settings/keeper.svelte';
import { causeNames, type Named } from './causes';

/** What rules and causes are called: alerts name them by their codes. */
class RuleNames {
  #rules = $state.raw<Map<string, Named>>(new Map());
  #causes = $state.raw<Map<string, Named>>(new Map());
  #asked = false;

  /** Takes the rules that were read. */
  take(list: Setting<Rule>[]): void {
    this.#asked = true;
    this.#rules = new Map(list.map((one) => [one.code, one.value.name]));
    this.#causes = causeNames(list.map((one) => one.value));
  }

  /** Reads the rules once; codes are shown until then, and where they cannot be read. */
  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.take(await rules.list());
    } catch {
      this.#asked = false;
    }
  }

  rule(code: string): string {
    return i18n.pick(this.#rules.get(code)) || code;
  }

  cause(code: string): string {
    return i18n.pick(this.#causes.get(code)) || code;
  }

  /** What a cause is called in both languages, if a rule says so. */
  causeName(code: string): Named | undefined {
    return this.#causes.get(code);
  }

  /** Causes that rules are about, by code. */
  get causes(): string[] {
    return [...this.#causes.keys()].sort();
  }
}

export const ruleNames = new RuleNames();
