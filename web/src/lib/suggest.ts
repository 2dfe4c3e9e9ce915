import type { Area, Category, LocalText } from './api/types';

/** Fewer digits than this are no telephone number yet. */
export const LEAST_DIGITS = 5;

/** Whether enough of a number is there to look it up. */
export function isNumber(phone: string): boolean {
  return phone.replace(/\D/g, '').length >= LEAST_DIGITS;
}

/** Pairs of neighbouring characters, or whole words where a language has spaces. */
function parts(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) found.add(word);
  for (const run of text.match(/[\u4e00-\u9fff]+/g) ?? []) {
    for (let at = 0; at + 1 < run.length; at++) found.add(run.slice(at, at + 2));
  }
  return found;
}

function both(name: LocalText): string {
  return `${name.zh} ${name.en}`;
}

/** Categories whose names have most in common with what was said, the best first. */
export function likelyCategories(words: string, categories: Category[], most = 3): Category[] {
  const said = parts(words);
  if (said.size === 0) return [];
  const scored = categories.map((category) => {
    const name = parts(both(category.name));
    const shared = [...name].filter((part) => said.has(part)).length;
    // A short name that is said whole is surer than a long one touched in passing.
    return { category, score: name.size === 0 ? 0 : shared / Math.sqrt(name.size) };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ category }) => category);
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
