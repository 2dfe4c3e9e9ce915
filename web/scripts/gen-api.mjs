// Writes the types of the HTTP interface from its OpenAPI document.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const document = new URL('../../docs/openapi.json', import.meta.url);
export const target = new URL('../src/lib/api/schema.d.ts', import.meta.url);

export async function generate() {
  const api = JSON.parse(readFileSync(document, 'utf8'));
  return COMMENT_HEADER + astToString(await openapiTS(api));
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, await generate());
