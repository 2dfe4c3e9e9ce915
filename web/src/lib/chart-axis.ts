/** What an axis shows: from `low` to `high`. What lies beyond is marked at its edge. */
export type Axis = { low: number; high: number; clipped: boolean };

/** Values this many times the spread of the middle half beyond it are spikes. */
const FAR = 3;
/** An axis is cut where this is how much taller spikes alone make it. */
const TALLER = 4;
/** More than this share of the values are no spikes; a bucket with one has two, its least and its greatest. */
const MOST = 0.05;

/**
 * The axis of some values. A few spikes do not flatten all others: where they would make it
 * more than four times as tall, it ends before them. Of values of which more than half are
 * the same, such as rain, what rises above is what is looked for, and nothing is cut. A band
 * of what was expected may take as much room again on each side, and is cut beyond that.
 */
export function axisOf(values: number[], whole = false, band: number[] = []): Axis {
  const axis = ofValues(values, whole);
  const room = axis.high - axis.low || Math.abs(axis.high) / 10 || 1;
  const wide = band.filter(Number.isFinite);
  const low = Math.min(axis.low, ...wide);
  const high = Math.max(axis.high, ...wide);
  if (whole) return { low, high, clipped: false };
  const kept = { low: Math.max(low, axis.low - room), high: Math.min(high, axis.high + room) };
  return { ...kept, clipped: axis.clipped || kept.low > low || kept.high < high };
}

function ofValues(values: number[], whole: boolean): Axis {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return { low: 0, high: 1, clipped: false };
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const [first, third] = [at(0.25), at(0.75)];
  const spread = third - first;
  const all = { low, high, clipped: false };
  if (whole || spread === 0) return all;
  const near = sorted.filter(
    (value) => value >= first - FAR * spread && value <= third + FAR * spread,
  );
  const spikes = sorted.length - near.length;
  const [lowest, highest] = [near[0]!, near[near.length - 1]!];
  const few = spikes > 0 && spikes <= Math.max(2, MOST * sorted.length);
  if (!few || high - low <= TALLER * (highest - lowest)) return all;
  // A little room shows that the line goes on.
  const room = (highest - lowest) * 0.1;
  return {
    low: low < lowest ? lowest - room : low,
    high: high > highest ? highest + room : high,
    clipped: true,
  };
}
