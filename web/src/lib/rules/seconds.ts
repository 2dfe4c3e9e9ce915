export const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export type TimeUnit = keyof typeof UNITS;
const NAMES = { seconds: 'second', minutes: 'minute', hours: 'hour', days: 'day' } as const;

/** The largest unit in which a time is whole. */
export function unitOfSeconds(seconds: number): TimeUnit {
  if (!seconds) return 'minutes';
  const fits = (Object.keys(UNITS) as TimeUnit[]).filter((unit) => seconds % UNITS[unit] === 0);
  return fits.at(-1) ?? 'seconds';
}

/** A time as the language writes it, in the largest unit in which it is whole: `10 minutes`. */
export function secondsText(seconds: number, tag: string): string {
  const unit = unitOfSeconds(seconds);
  const style = { style: 'unit', unit: NAMES[unit], unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(tag, style).format(seconds / UNITS[unit]);
}
