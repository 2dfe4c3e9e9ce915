import { describe, expect, it } from 'vitest';
import sample from './vectors/case.json';
import type { Shown } from './page';
import { verifyCase, type Known } from './verify';

// `cargo run -p yiwang-journal --example export_sample` prints the vector.
type Sample = typeof sample;
type Sealed = { salt: string; body: string };

const copy = () => structuredClone(sample) as Sample & { entries: { sealed?: Sealed }[] };

/** What a page would show of the sample. */
function page(): Shown[] {
  return sample.entries.map(({ index, entry }) => {
    const held = JSON.parse(entry);
    const event = held.kind.replace('case.', '');
    return {
      index,
      event,
      by: held.by,
      recorded_at: held.at,
      grounds: null,
      data: held.data.event[event],
      text: { 40: '路灯坏了', 255: '急' }[index] ?? null,
      address: null,
    };
  });
}

const known = (change: Partial<Known> = {}): Known => ({
  subject: 'case/7',
  key: sample.log,
  shown: page(),
  ...change,
});

async function fault(change: (doc: ReturnType<typeof copy>) => void, told: Partial<Known> = {}) {
  const doc = copy();
  change(doc);
  const { fault } = await verifyCase(doc, known(told));
  return fault ? [fault.entry, fault.what] : null;
}

describe('an exported case', () => {
  it('is proven in the browser as the journal wrote it', async () => {
    const checked = await verifyCase(sample, known());
    expect(checked.fault).toBeNull();
    expect(checked.checkpoint).toMatchObject({ origin: 'sample.example/trail', size: 300 });
    expect(checked.entries.map(({ index, seal }) => [index, seal])).toEqual([
      [40, 'matches'],
      [41, 'none'],
      [255, 'withheld'],
      [270, 'erased'],
      [299, 'none'],
    ]);
  });

  it('is proven also on a device that sees the key for the first time', async () => {
    expect(await fault(() => {}, { key: null })).toBeNull();
  });

  it('is refused at the entry whose bytes, path or number were changed', async () => {
    expect(
      await fault((doc) => {
        const entry = doc.entries[1]!;
        entry.entry = entry.entry.replace('lamp', 'road');
      }),
    ).toEqual([41, 'proof-fails']);
    expect(
      await fault((doc) => {
        const proof = doc.entries[2]!.proof;
        proof[3] = proof[3]!.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      }),
    ).toEqual([255, 'proof-fails']);
    expect(await fault((doc) => void doc.entries[2]!.proof.pop())).toEqual([255, 'proof-fails']);
    expect(await fault((doc) => void (doc.entries[2]!.index = 256))).toEqual([256, 'proof-fails']);
    expect(await fault((doc) => void (doc.entries[4]!.index = 300))).toEqual([300, 'proof-fails']);
    expect(await fault((doc) => void (doc.entries[0]!.index = -1))).toEqual([-1, 'out-of-order']);
    expect(await fault((doc) => void (doc.entries[0]!.proof[0] = 'no hash'))).toEqual([
      40,
      'not-a-proof',
    ]);
  });

  it('is refused when entries are out of order, doubled, missing or none', async () => {
    expect(await fault((doc) => void doc.entries.reverse())).toEqual([270, 'out-of-order']);
    expect(await fault((doc) => void doc.entries.splice(1, 0, doc.entries[0]!))).toEqual([
      40,
      'out-of-order',
    ]);
    expect(await fault((doc) => void doc.entries.splice(1, 1))).toEqual([41, 'count-differs']);
    expect(await fault((doc) => void (doc.entries = []))).toEqual([null, 'empty']);
  });

  it('is refused when it is of another case', async () => {
    expect(await fault(() => {}, { subject: 'case/8', shown: [] })).toEqual([null, 'wrong-case']);
    expect(
      await fault((doc) => void (doc.subject = 'case/8'), { subject: 'case/8', shown: [] }),
    ).toEqual([40, 'wrong-case']);
  });

  it('is refused when the sealed words are not the ones that were sealed', async () => {
    expect(await fault((doc) => void (doc.entries[0]!.sealed!.body += ' '))).toEqual([
      40,
      'seal-differs',
    ]);
    expect(await fault((doc) => void (doc.entries[1]!.sealed = doc.entries[0]!.sealed!))).toEqual([
      41,
      'seal-unexpected',
    ]);
    expect(await fault((doc) => void (doc.entries[0]!.erased = true))).toEqual([
      40,
      'seal-unexpected',
    ]);
  });

  it('is refused when words were erased and no entry says so', async () => {
    expect(await fault((doc) => void (doc.entries[2]!.erased = true), { shown: [] })).toEqual([
      255,
      'erased-without-entry',
    ]);
    expect(await fault((doc) => void doc.entries.pop(), { shown: [] })).toEqual([
      270,
      'erased-without-entry',
    ]);
  });

  it('is refused under another key, and with a signature of another', async () => {
    const other = 'sample.example/trail+00000000+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h';
    expect(await fault((doc) => void (doc.log = other))).toEqual([null, 'key-unreadable']);
    expect(await fault(() => {}, { key: `${sample.log}x` })).toEqual([null, 'key-differs']);
    const changed = (from: string, to: string) =>
      fault((doc) => void (doc.checkpoint = doc.checkpoint.replace(from, to)));
    expect(await changed('\n300\n', '\n301\n')).toEqual([null, 'checkpoint-refused']);
    expect(await changed('E5PlR5', 'E5PlR6')).toEqual([null, 'checkpoint-refused']);
    expect(await changed('— sample', '— simple')).toEqual([null, 'checkpoint-refused']);
    expect(await changed('\n\n', '\n')).toEqual([null, 'checkpoint-refused']);
  });

  it('is refused when the page shows something else than the record holds', async () => {
    const showing = (at: number, change: Partial<Shown>) =>
      fault(() => {}, {
        shown: page().map((one, index) => (index === at ? { ...one, ...change } : one)),
      });
    expect(await showing(0, { text: '路灯亮着' })).toEqual([40, 'page-differs']);
    expect(await showing(0, { address: '人民路' })).toEqual([40, 'page-differs']);
    expect(await showing(1, { by: 'user:wang' })).toEqual([41, 'page-differs']);
    expect(await showing(1, { data: { category: 'road' } })).toEqual([41, 'page-differs']);
    expect(await showing(1, { text: 'never said' })).toEqual([41, 'page-differs']);
    expect(await showing(2, { event: 'closed' })).toEqual([255, 'page-differs']);
    expect(await showing(3, { text: 'erased long ago' })).toEqual([270, 'page-differs']);
    expect(await showing(4, { grounds: 'none' })).toEqual([299, 'page-differs']);
    expect(await showing(4, { recorded_at: '2026-01-01T00:00:00.000Z' })).toEqual([
      299,
      'page-differs',
    ]);
  });

  it.each([null, [], 'text', { entries: {} }, { entries: [], log: 1 }])(
    'is refused when it is no proof at all: %j',
    async (document) => {
      const { fault } = await verifyCase(document, known());
      expect(fault).toEqual({ what: 'not-a-proof', entry: null });
    },
  );
});
