import type { UploadMessages } from './upload.zh';

const rowsOf = (n: number) => (n === 1 ? '1 row' : `${n} rows`);

/** The words of the page for tables in English. */
export const upload: UploadMessages = {
  title: 'Take in a table',
  nav: 'Take in a table',
  lead: 'Upload CSV or XLSX, see how its columns are read, then take it in. Categories and units are matched, never created.',
  file: 'File',
  fileHint: 'CSV in any common encoding, CSV.gz or XLSX',
  look: 'Look first',
  looking: 'Reading…',
  mapping: 'What the columns mean (change it and look again)',
  mappingHint: 'Drafted; LOOK HERE marks what a person must decide. docs/IMPORT.md has every key',
  summary: (taken, rows) => `${rowsOf(rows)}, ${taken} of them can be taken`,
  take: (n) => (n === 1 ? 'Take this row' : `Take these ${rowsOf(n)}`),
  taking: 'Taking them…',
  done: (taken, known, rejected) =>
    `${rowsOf(taken)} taken, ${known} known already, ${rejected} not taken`,
  rejects: 'Rows that cannot be taken',
  rejectsMore: (n) => `The first ${n} of them`,
  line: 'Line',
  column: 'Column',
  found: 'Found',
  why: 'Why',
  wholeRow: 'whole row',
  missingFile: 'Choose a file',
  tooLarge: 'The file is too large: use yiwang import requests on the command line',
};
