// One lane of the browser tests: takes one file after the other that nobody has taken,
// and runs it in this process with one browser, since both take long to begin.
//
//   node --test-reporter=spec lane.js TAKEN FILE…    TAKEN: a directory for the lanes' marks
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeBrowser, shareBrowser } from './lib/browser.js';

const [taken, ...files] = process.argv.slice(2);

/** Whether this lane is the first that asks for the file. */
function take(file) {
  try {
    mkdirSync(join(taken, basename(file)));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

shareBrowser();
for (const file of files) {
  if (!take(file)) continue;
  await new Promise((done) => {
    describe(basename(file), async () => {
      after(done);
      await import(pathToFileURL(resolve(file))).catch((error) => {
        test('the file is read', () => Promise.reject(error));
      });
    });
  });
}
await closeBrowser();
