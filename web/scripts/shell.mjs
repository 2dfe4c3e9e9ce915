// Writes the service worker with the list of what the pages that work offline need: their
// scripts and styles, with all they import statically. Maps and other pages are not kept.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Pages that open without a connection. */
const PAGES = ['Welcome', 'Patrol', 'Report', 'Follow'].map((name) => `src/pages/${name}.svelte`);
/** Scripts that they load when they run. */
const LATER = ['src/lib/outbox/outbox.svelte.ts'];

/** @returns {import('vite').Plugin} */
export function shell() {
  return {
    name: 'shell',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
      const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const needed = new Set(['/']);
      /** @param {import('rolldown').OutputChunk | undefined} chunk */
      const need = (chunk) => {
        if (!chunk || needed.has(`/${chunk.fileName}`)) return;
        needed.add(`/${chunk.fileName}`);
        for (const css of chunk.viteMetadata?.importedCss ?? []) needed.add(`/${css}`);
        for (const next of chunk.imports) need(byFile.get(next));
      };
      /** @param {import('rolldown').OutputChunk} chunk @param {string} name */
      const isFor = (chunk, name) => chunk.facadeModuleId?.endsWith(name);
      for (const chunk of chunks) {
        if (chunk.isEntry || [...PAGES, ...LATER].some((name) => isFor(chunk, name))) need(chunk);
      }
      const paths = [...needed].sort();
      const index = bundle['index.html'];
      const html = index?.type === 'asset' ? index.source : '';
      const version = createHash('sha256').update(JSON.stringify(paths)).update(html).digest('hex');
      const source = readFileSync(new URL('../sw/sw.js', import.meta.url), 'utf8')
        .replace('__VERSION__', version.slice(0, 12))
        .replace("['__SHELL__']", JSON.stringify(paths));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}
