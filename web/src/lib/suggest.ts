import type { Area } from './api/types';

/** Fewer digits than this are no telephone number yet. */
export const LEAST_DIGITS = 5;

/** Whether enough of a number is there to look it up. */
export function isNumber(phone: string): boolean {
  return phone.replace(/\D/g, '').length >= LEAST_DIGITS;
}

/** Areas whose names were said, the smaller first. */
export function areasNamed(words: string, areas: Area[], most = 3): Area[] {
  const low = words.toLowerCase();
  const said = (area: Area) =>
    [area.name.zh, area.name.en].some(
      (name) => name.length > 1 && low.includes(name.toLowerCase()),
    );
  return areas
    .filter(said)
    .sort((a, b) => Number(b.leaf) - Number(a.leaf))
    .slice(0, most);
}
