// Each page was looked at: read after all tests, from what they did look at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LOOKED } from './lib/looks.js';

test('each page was looked at', () => {
  const seen = readFileSync(LOOKED, 'utf8').trim().split('\n');
  const routes = readFileSync(new URL('../../web/src/lib/routes.ts', import.meta.url), 'utf8');
  const patterns = [...routes.matchAll(/\(\s*'([a-z-]+)',\s*\/(\^.+\$)\/,/g)];
  assert.ok(patterns.length > 25, 'the list of pages is read');
  const looked = (path) => seen.some((address) => new RegExp(path).test(address));
  const missed = patterns.filter(([, , path]) => !looked(path)).map(([, name]) => name);
  assert.deepEqual(missed, []);
});
