import type { SuggestMessages } from './suggest.zh';

/** The words of suggestions and of usual times in English. */
export const suggestEn: SuggestMessages = {
  title: 'Suggested category',
  sure: (percent) => `${percent} sure`,
  because: 'because of ',
  take: (name) => `Take “${name}”`,
  keys: 'press 1, 2 or 3 to take one',
  byModel: (model) => `By model ${model}, from this city's closed cases`,
  heldBack: 'A timing study is running: this case is in its control, so nothing is suggested',
  byName: 'By the names of categories: few cases are closed yet',
  forResident: 'Is it one of these?',
  usually: (by) => `Usually done by ${by}`,
  usual: 'Usually takes',
  usuallyHalf: (half, by) => `Half of such cases are done by ${half}, nine of ten by ${by}`,
  like: (n) => `from ${n} cases like it`,
};
