import { concat, sha256, type Bytes } from './bytes';

/** Largest tree this reads: JSON keeps whole numbers exactly up to here. */
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** SHA-256(0x00 ‖ entry), RFC 6962 §2.1. */
export function leafHash(entry: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0), entry));
}

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); `null` when
    the proof has the wrong length for this leaf and this tree. */
export async function rootOf(
  leaf: Bytes,
  index: number,
  size: number,
  proof: Bytes[],
): Promise<Bytes | null> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return null;
  if (index < 0 || index >= size || size > MAX_SIZE) return null;
  // Shifts of JavaScript work on 32 bits; a city's record may outgrow them.
  let node = index;
  let last = size - 1;
  let root = leaf;
  const half = (n: number) => Math.floor(n / 2);
  for (const sibling of proof) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = await nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = await nodeHash(root, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? root : null;
}
