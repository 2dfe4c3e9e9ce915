import { concat, equal, fromHex, sha256, toHex, utf8, type Bytes } from './bytes';
import { leafHash, rootOf } from './merkle';
import { openNote, readCheckpoint, readKey, type Checkpoint } from './note';
import { agrees, isRecord, type Shown } from './page';

const SEAL_DOMAIN = 'yiwang/seal/v1\n';

/** What a check found wrong. The pages put it into words. */
export type Fault =
  | 'no-crypto'
  | 'not-a-proof'
  | 'key-unreadable'
  | 'key-differs'
  | 'checkpoint-refused'
  | 'wrong-case'
  | 'out-of-order'
  | 'entry-unreadable'
  | 'proof-fails'
  | 'seal-differs'
  | 'seal-unexpected'
  | 'erased-without-entry'
  | 'empty'
  | 'count-differs'
  | 'page-differs';

export type CheckedEntry = {
  index: number;
  kind: string;
  at: string;
  by: string;
  /** Hash of the entry as a leaf of the tree. */
  leaf: string;
  steps: number;
  seal: 'none' | 'matches' | 'withheld' | 'erased';
};

/** What was checked, as far as the checks got. */
export type Checked = {
  key: { text: string; name: string } | null;
  checkpoint: (Omit<Checkpoint, 'root'> & { root: string }) | null;
  entries: CheckedEntry[];
  fault: { what: Fault; entry: number | null } | null;
};

/** What the reader knows from elsewhere. */
export type Known = {
  /** The case the page shows, as `case/123`. */
  subject: string;
  /** The log's key as this device saw it first, if it did. */
  key: string | null;
  /** The entries as the page shows them. */
  shown: Shown[];
};

type Exported = {
  index: number;
  entry: string;
  proof: Bytes[];
  sealed: { salt: Bytes; body: string } | null;
  erased: boolean;
};

class Refused extends Error {
  constructor(
    readonly what: Fault,
    readonly entry: number | null = null,
  ) {
    super(what);
  }
}

function exported(value: unknown): Exported {
  if (!isRecord(value)) throw new Refused('not-a-proof');
  const { index, entry, proof, sealed, erased } = value;
  if (typeof index !== 'number' || typeof entry !== 'string' || !Array.isArray(proof)) {
    throw new Refused('not-a-proof');
  }
  const hashes = proof.map((hash) => fromHex(hash, 32));
  if (hashes.some((hash) => hash === null)) throw new Refused('not-a-proof', index);
  let seal: Exported['sealed'] = null;
  if (isRecord(sealed)) {
    const salt = fromHex(sealed['salt'], 32);
    if (!salt || typeof sealed['body'] !== 'string') throw new Refused('not-a-proof', index);
    seal = { salt, body: sealed['body'] };
  } else if (sealed !== undefined && sealed !== null) {
    throw new Refused('not-a-proof', index);
  }
  return { index, entry, proof: hashes as Bytes[], sealed: seal, erased: erased === true };
}

/** Checks one entry against the checkpoint and the page; adds the entries it erases to `named`. */
async function checkEntry(
  one: Exported,
  known: Known,
  checkpoint: Checkpoint,
  named: Set<number>,
): Promise<CheckedEntry> {
  const { index } = one;
  const leaf = await leafHash(utf8(one.entry));
  const root = await rootOf(leaf, index, checkpoint.size, one.proof);
  if (!root || !equal(root, checkpoint.root)) throw new Refused('proof-fails', index);

  let entry: unknown;
  try {
    entry = JSON.parse(one.entry);
  } catch {
    throw new Refused('entry-unreadable', index);
  }
  if (!isRecord(entry)) throw new Refused('entry-unreadable', index);
  const { kind, at, by, data } = entry;
  if (typeof kind !== 'string' || typeof at !== 'string' || typeof by !== 'string') {
    throw new Refused('entry-unreadable', index);
  }
  if (entry['subject'] !== known.subject) throw new Refused('wrong-case', index);
  if (kind.endsWith('.erased')) {
    const erases = isRecord(data) ? data['erases'] : null;
    if (!Array.isArray(erases)) throw new Refused('entry-unreadable', index);
    for (const number of erases) named.add(Number(number));
  }

  let seal: CheckedEntry['seal'] = 'none';
  const commitment = entry['sealed'];
  if (commitment === undefined) {
    if (one.sealed || one.erased) throw new Refused('seal-unexpected', index);
  } else if (one.erased) {
    if (one.sealed) throw new Refused('seal-unexpected', index);
    seal = 'erased';
  } else if (one.sealed) {
    const { salt, body } = one.sealed;
    const found = toHex(await sha256(concat(utf8(SEAL_DOMAIN), salt, utf8(body))));
    if (found !== commitment) throw new Refused('seal-differs', index);
    seal = 'matches';
  } else {
    seal = 'withheld';
  }
  const shown = known.shown.find((other) => other.index === index);
  const held = {
    ...{ kind, by, at, data, grounds: entry['grounds'] },
    sealed: one.sealed?.body ?? null,
    wordless: seal === 'none' || seal === 'erased',
  };
  if (shown && !agrees(shown, held)) throw new Refused('page-differs', index);
  return { index, kind, at, by, leaf: toHex(leaf), steps: one.proof.length, seal };
}

/** Checks an exported case with nothing but the reader's own browser: the key,
    its signature on the checkpoint, each entry's path to the signed root, the
    sealed words. Stops at the first fault and says which entry it is. */
export async function verifyCase(document: unknown, known: Known): Promise<Checked> {
  const checked: Checked = { key: null, checkpoint: null, entries: [], fault: null };
  try {
    if (!globalThis.crypto?.subtle) throw new Refused('no-crypto');
    if (!isRecord(document) || !Array.isArray(document['entries'])) {
      throw new Refused('not-a-proof');
    }
    const { log, checkpoint: note, subject } = document;
    if (typeof log !== 'string' || typeof note !== 'string') throw new Refused('not-a-proof');

    const key = await readKey(log);
    if (!key) throw new Refused('key-unreadable');
    checked.key = { text: log, name: key.name };
    if (known.key !== null && known.key !== log) throw new Refused('key-differs');

    const text = await openNote(note, key);
    const checkpoint = text === null ? null : readCheckpoint(text);
    if (!checkpoint || checkpoint.origin !== key.name) throw new Refused('checkpoint-refused');
    checked.checkpoint = { ...checkpoint, root: toHex(checkpoint.root) };

    if (subject !== known.subject) throw new Refused('wrong-case');
    const named = new Set<number>();
    let previous = -1;
    for (const value of document['entries']) {
      const one = exported(value);
      if (one.index <= previous) throw new Refused('out-of-order', one.index);
      previous = one.index;
      checked.entries.push(await checkEntry(one, known, checkpoint, named));
    }
    if (checked.entries.length === 0) throw new Refused('empty');
    const unnamed = checked.entries.find((e) => e.seal === 'erased' && !named.has(e.index));
    if (unnamed) throw new Refused('erased-without-entry', unnamed.index);
    const proven = new Set(checked.entries.map((entry) => entry.index));
    const missing = known.shown.find((shown) => !proven.has(shown.index));
    if (missing) throw new Refused('count-differs', missing.index);
  } catch (error) {
    // A browser too old for Ed25519 says so when the key is imported.
    const unable = error instanceof DOMException && error.name === 'NotSupportedError';
    checked.fault =
      error instanceof Refused
        ? { what: error.what, entry: error.entry }
        : { what: unable ? 'no-crypto' : 'not-a-proof', entry: null };
  }
  return checked;
}
