// Hours and days as the browser's own fields have them: pure.

/** Minutes of a day as a `time` field wants them; the end of the day is its first minute. */
export function timeOf(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const of = minutes % 1440;
  return `${two(Math.floor(of / 60))}:${two(of % 60)}`;
}

/** The minute of a time, `09:30`; midnight ends a day where it is its end. `null` where it
    is no time. */
export function minuteOf(text: string, end: boolean): number | null {
  const found = /^(\d\d):(\d\d)$/.exec(text);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return end && minutes === 0 ? 1440 : minutes;
}

/** Days in a text, in order and each once; `null` where something in it is no day. */
export function daysIn(text: string): string[] | null {
  const words = text.split(/[\s,，、;；]+/).filter(Boolean);
  const isDay = (word: string) => {
    const at = new Date(`${word}T00:00Z`);
    return /^\d{4}-\d\d-\d\d$/.test(word) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(word); // prettier-ignore
  };
  return words.every(isDay) ? [...new Set(words)].sort() : null;
}
