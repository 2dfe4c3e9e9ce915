import { describe, expect, it } from 'vitest';
import { sha256, toHex, utf8, type Bytes } from './bytes';
import { leafHash, nodeHash, rootOf } from './merkle';

/** The root of RFC 6962 §2.1, word for word. */
async function plainRoot(leaves: Bytes[]): Promise<Bytes> {
  const [one] = leaves;
  if (!one) return sha256(utf8(''));
  if (leaves.length === 1) return one;
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(await plainRoot(leaves.slice(0, k)), await plainRoot(leaves.slice(k)));
}

/** The path of RFC 6962 §2.1.1, word for word. */
async function plainPath(m: number, leaves: Bytes[]): Promise<Bytes[]> {
  if (leaves.length <= 1) return [];
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return m < k
    ? [...(await plainPath(m, leaves.slice(0, k))), await plainRoot(leaves.slice(k))]
    : [...(await plainPath(m - k, leaves.slice(k))), await plainRoot(leaves.slice(0, k))];
}

describe('inclusion proofs', () => {
  it('lead every leaf of every small tree to its root, and to no other', async () => {
    for (let size = 1; size <= 17; size++) {
      const leaves = await Promise.all(
        Array.from({ length: size }, (_, n) => leafHash(utf8(`entry ${n}`))),
      );
      const root = toHex(await plainRoot(leaves));
      for (const [n, leaf] of leaves.entries()) {
        const path = await plainPath(n, leaves);
        const found = await rootOf(leaf, n, size, path);
        expect(found && toHex(found)).toBe(root);
        const elsewhere = await rootOf(leaf, (n + 1) % size, size, path);
        if (size > 1) expect(elsewhere && toHex(elsewhere)).not.toBe(root);
        expect(await rootOf(leaf, n, size, [...path, leaf])).toBeNull();
      }
    }
  });

  it('are refused for numbers that are none', async () => {
    const leaf = await leafHash(utf8('entry'));
    for (const [index, size] of [
      [0, 0],
      [1, 1],
      [-1, 1],
      [0.5, 1],
      [0, NaN],
      [0, 2 ** 60],
    ]) {
      expect(await rootOf(leaf, index!, size!, [])).toBeNull();
    }
  });
});
