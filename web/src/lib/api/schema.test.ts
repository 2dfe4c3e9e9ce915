import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate, target } from '../../../scripts/gen-api.mjs';

// Writing them takes a while where others use the processor too.
const WITHIN_MS = 60_000;

it(
  'the client’s types are those of docs/openapi.json; if not, run `npm run gen:api`',
  async () => {
    expect(readFileSync(target, 'utf8') === (await generate())).toBe(true);
  },
  WITHIN_MS,
);
