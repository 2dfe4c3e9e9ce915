export const PERIODS = ['day', 'week', 'month', 'quarter', 'own'] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const DAYS: Record<Exclude<Period, 'own'>, number> = { day: 1, week: 7, month: 30, quarter: 90 };

export const periodOf = (text: string | null): Period =>
  PERIODS.find((one) => one === text) ?? 'month';

/** From when until when a period is, milliseconds. Own days are whole, both included, by
    the moments at which they begin; nothing where they are no days or the wrong way round. */
export function timesOf(
  period: Period,
  now: number,
  own: { from: string; to: string },
  begins: (day: string) => number,
): { from: number; to: number } | null {
  if (period !== 'own') return { from: now - DAYS[period] * DAY_MS, to: now };
  const from = begins(own.from);
  const last = begins(own.to);
  if (!Number.isFinite(from) || !Number.isFinite(last) || last < from) return null;
  return { from, to: Math.min(last + DAY_MS, Math.max(now, from + 1)) };
}
