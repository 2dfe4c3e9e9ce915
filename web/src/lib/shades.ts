/** Shades of one colour from few to many, light and dark: ColorBrewer “Blues” and its
    reverse, which colour-blind eyes and grey printing keep in order. */
const LIGHT = ['#eff3ff', '#bdd7e7', '#6baed6', '#3182bd', '#08519c'];
const DARK = ['#12263a', '#1d4468', '#2f6ea3', '#5aa0d6', '#b3d8f5'];

/** A class of values: from `low` to `high`, both within. */
export type Shade = { low: number; high: number; colour: string };

/** At most five classes with about as many values in each (quantiles). */
export function shades(values: number[], dark: boolean): Shade[] {
  const sorted = [...values].sort((a, b) => a - b);
  const colours = dark ? DARK : LIGHT;
  const classes: Shade[] = [];
  for (let n = 0, from = 0; n < colours.length && from < sorted.length; n++) {
    let to = Math.max(from + 1, Math.ceil(((n + 1) * sorted.length) / colours.length));
    // What is equal is of one shade.
    while (to < sorted.length && sorted[to] === sorted[to - 1]) to++;
    classes.push({ low: sorted[from]!, high: sorted[to - 1]!, colour: colours[n]! });
    from = to;
  }
  return classes;
}

/** The colour of a value among these classes. */
export function shadeOf(value: number, classes: Shade[]): string | null {
  return classes.find((one) => value <= one.high)?.colour ?? null;
}
