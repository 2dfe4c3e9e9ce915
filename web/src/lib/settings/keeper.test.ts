import { expect, test } from 'vitest';
import { differences } from './keeper.svelte';

test('two versions differ in what was put in, taken out and changed', () => {
  const before = {
    name: { zh: '照明', en: 'Lights' },
    duties: ['light', 'road'],
    limits: { accept: { measure: 'clock', amount: 60 }, close: null },
  };
  const after = {
    name: { zh: '照明', en: 'Lighting' },
    duties: ['light', 'water'],
    limits: { accept: { measure: 'working', amount: 60 }, close: null },
  };
  expect(differences(before, after)).toEqual([
    { at: 'name.en', before: 'Lights', after: 'Lighting' },
    { at: 'duties', before: 'road', after: 'water' },
    { at: 'limits.accept', before: '60 clock', after: '60 working' },
  ]);
  expect(differences(before, before)).toEqual([]);
});

test('parts of a template are compared one by one, by their codes', () => {
  const part = (code: string, words: string[]) => ({
    code,
    name: { zh: `${code}室`, en: code },
    kind: 'office',
    duties: [],
    words,
  });
  const before = { parts: [part('safety', ['消防']), part('old', [])] };
  const after = { parts: [part('new', []), part('safety', ['消防', '安全'])] };
  expect(differences(before, after)).toEqual([
    { at: 'parts.safety.words', before: '', after: '安全' },
    { at: 'parts.old', before: 'old', after: '—' },
    { at: 'parts.new', before: '—', after: 'new' },
  ]);
});
