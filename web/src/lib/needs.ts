// What an area usually asks for, and whether it asks for more now: pure.
import type { Need } from './api/types';

export type Trend = 'more' | 'less' | 'usual';

/** Fewer than these in four weeks say nothing, whatever the ratio. */
const ENOUGH = 5;
/** How many standard deviations off count as more than chance. */
const BEYOND_CHANCE = 2;

/** What four weeks have on average. */
export const usualOf = (need: Need): number => need.usual_hundredths / 100;

/**
 * Whether the four weeks just past differ from the usual by more than chance. Counts of
 * independent events are about Poisson: of `u` that are usual, `√u` is one standard
 * deviation, and beyond two lies one count in twenty.
 */
export function trendOf(need: Need): Trend {
  const usual = usualOf(need);
  const off = need.recent - usual;
  if (Math.max(need.recent, usual) < ENOUGH) return 'usual';
  if (Math.abs(off) <= BEYOND_CHANCE * Math.sqrt(Math.max(usual, 1))) return 'usual';
  return off > 0 ? 'more' : 'less';
}

export type NeedOrder = 'usual' | 'recent' | 'rise';

/** Needs in an order: the most usual, the most recent, or what rises most. */
export function inOrder(needs: Need[], order: NeedOrder): Need[] {
  const rank = (need: Need) => {
    if (order === 'usual') return usualOf(need);
    if (order === 'recent') return need.recent;
    return (need.recent - usualOf(need)) / Math.sqrt(Math.max(usualOf(need), 1));
  };
  return needs.toSorted((a, b) => rank(b) - rank(a));
}
