import { expect, it } from 'vitest';
import { inBase64 } from './base64';

it('a file of any size comes back as it was', async () => {
  const bytes = Uint8Array.from({ length: 100_003 }, (_, n) => (n * 31) % 256);
  const text = await inBase64(new Blob([bytes]));
  expect(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).toEqual(bytes);
  expect(await inBase64(new Blob([]))).toBe('');
});
