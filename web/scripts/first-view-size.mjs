// Adds up what a page needs before its first view (its entry, the page's own
// chunk and all they import statically) and fails above the limit.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 120;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** @param {string} key @param {Set<string>} seen @returns {Set<string>} */
function gather(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) gather(next, seen);
  return seen;
}

/** @param {string} file */
const gzipKb = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;
let failed = false;
for (const page of Object.keys(manifest).filter((key) => key.startsWith('src/pages/'))) {
  const keys = gather('index.html');
  gather(page, keys);
  const scripts = [...keys].map((key) => manifest[key].file);
  const styles = new Set([...keys].flatMap((key) => manifest[key].css ?? []));
  const js = scripts.reduce((sum, file) => sum + gzipKb(file), 0);
  const css = [...styles].reduce((sum, file) => sum + gzipKb(file), 0);
  const over = js > LIMIT_KB;
  failed ||= over;
  console.log(
    `${page.padEnd(28)} ${js.toFixed(1).padStart(6)} kB JavaScript, ` +
      `${css.toFixed(1).padStart(5)} kB CSS gzip${over ? `  more than ${LIMIT_KB} kB` : ''}`,
  );
}
process.exit(failed ? 1 : 0);
