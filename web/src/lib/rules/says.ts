import { i18n } from '../i18n/index.svelte';
import { ruleWords } from '../i18n/rules';
import { names } from '../names';
import { ruleNames } from '../rule-names.svelte';
import type { Says } from './facts';
import { secondsText } from './seconds';

/** How rules are told in the reader's language. */
export const says = (): Says => ({
  words: ruleWords(),
  colour: (colour) => i18n.t.sensing.colours[colour],
  span: (seconds) => secondsText(seconds, i18n.tag),
  number: (value) => new Intl.NumberFormat(i18n.tag, { maximumFractionDigits: 6 }).format(value),
  list: (words) => i18n.list(words),
  pick: (text) => i18n.pick(text),
  cause: (code) => ruleNames.cause(code),
  area: names.area,
  unit: names.unit,
  category: names.category,
});
