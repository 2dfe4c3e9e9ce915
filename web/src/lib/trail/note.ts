import { concat, equal, fromBase64, sha256, toHex, utf8, type Bytes } from './bytes';

const ED25519 = 1;

/** A log's public key (C2SP signed-note `vkey`): `name+hash+base64(type ‖ key)`. */
export type LogKey = { name: string; id: Bytes; key: Bytes };

/** Reads a `vkey` and checks that its hash is that of its name and key. */
export async function readKey(text: string): Promise<LogKey | null> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const typed = fromBase64(found?.[3] ?? '?');
  if (!found || !typed || typed.length !== 33 || typed[0] !== ED25519) return null;
  const name = found[1] ?? '';
  const id = (await sha256(concat(utf8(`${name}\n`), typed))).slice(0, 4);
  return toHex(id) === found[2] ? { name, id, key: typed.slice(1) } : null;
}

/** The signed text of a note, with its last line break, and its signature lines. */
function parts(note: string): { text: string; lines: string[] } | null {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return null;
  return { text: note.slice(0, split + 1), lines: note.slice(split + 2, -1).split('\n') };
}

/** The text of a note if this key signed it; `null` otherwise. Lines of other
    keys, such as witnesses', are passed over. */
export async function openNote(note: string, log: LogKey): Promise<string | null> {
  const read = parts(note);
  if (!read) return null;
  const key = await crypto.subtle.importKey('raw', log.key, { name: 'Ed25519' }, false, ['verify']);
  for (const line of read.lines) {
    const found = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line);
    const signed = fromBase64(found?.[2] ?? '?');
    if (!found || !signed) return null;
    if (found[1] !== log.name || !equal(signed.slice(0, 4), log.id)) continue;
    const ok = await crypto.subtle.verify(
      { name: 'Ed25519' },
      key,
      signed.slice(4),
      utf8(read.text),
    );
    return ok ? read.text : null;
  }
  return null;
}

export type Checkpoint = { origin: string; size: number; root: Bytes };

/** The text of a checkpoint (C2SP tlog-checkpoint): origin, size, root. */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin, size, root] = text.split('\n');
  const hash = fromBase64(root ?? '?');
  if (!origin || !/^(0|[1-9]\d*)$/.test(size ?? '') || hash?.length !== 32) return null;
  const entries = Number(size);
  return Number.isSafeInteger(entries) ? { origin, size: entries, root: hash } : null;
}
