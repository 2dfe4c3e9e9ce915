/** How many came in from one time until another, as the city's breakdown has it. */
export type Hours = { from: string; until: string; total: number };

/** Bars of an hour would be too narrow to hit. */
const TOGETHER = 3;

/** The hour of the clock at which a time lies, 0 to 23. */
export function hourOf(at: string, zone?: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: 'numeric',
    hourCycle: 'h23',
    ...(zone ? { timeZone: zone } : {}),
  });
  return Number(clock.format(new Date(at)));
}

/** Hours three by three, as the clock has them: 0 to 3, 3 to 6. The first and the last may
    be shorter. */
export function inThrees(hours: Hours[], zone?: string): Hours[] {
  const found: Hours[] = [];
  for (const { from, until, total } of hours) {
    const last = found.at(-1);
    if (last && hourOf(from, zone) % TOGETHER !== 0) {
      last.until = until;
      last.total += total;
    } else {
      found.push({ from, until, total });
    }
  }
  return found;
}
