import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { mended, send, verdict, waitMs, type Draft, type Photo, type Wire } from './draft';

const photo = (key: string): Photo => ({
  key,
  name: `${key}.jpg`,
  file: new Blob(['x']),
  sent: false,
  refused: null,
});

const draft = (photos: Photo[] = []): Draft => ({
  key: 'k1',
  owner: null,
  request: { words: 'Lamp out', place: {} },
  photos,
  madeAt: '2026-01-01T00:00:00Z',
  state: 'waiting',
  tried: false,
  said: null,
  field: null,
  received: null,
  sentAt: null,
});

/** A server that keeps what it has by key, and can lose answers. */
class Server implements Wire {
  cases = new Map<string, string>();
  photos = new Map<string, string>();
  calls = 0;
  lose: number[] = [];
  refuse: Problem | null = null;

  #answer<T>(value: T): T {
    this.calls += 1;
    if (this.lose.includes(this.calls)) throw new Problem(0, {});
    return value;
  }

  report = async (one: Draft) => {
    if (this.refuse) throw this.refuse;
    if (!this.cases.has(one.key)) this.cases.set(one.key, `C${this.cases.size + 1}`);
    const id = this.cases.get(one.key)!;
    return this.#answer({
      id,
      follow_code: 'CODE',
      accept_by: 'T',
      stage: 'submitted' as const,
      area: null,
    });
  };

  attach = async (_: string, one: Photo) => {
    this.photos.set(one.key, one.name);
    this.#answer(undefined);
  };
}

/** Sends until it is done, as the outbox does after each cut line. */
async function untilDone(first: Draft, server: Server): Promise<{ last: Draft; tries: number }> {
  let last = first;
  for (let tries = 1; tries < 20; tries++) {
    try {
      last = await send(last, server, async (step) => void (last = step));
      return { last, tries };
    } catch {
      last = { ...last, state: 'waiting' };
    }
  }
  throw new Error('never done');
}

describe('sending a draft', () => {
  it('makes one case with its photos, whichever answers are lost', async () => {
    for (const lose of [[], [1], [2], [3], [1, 2], [1, 2, 3, 4]]) {
      const server = new Server();
      server.lose = lose;
      const { last, tries } = await untilDone(draft([photo('p1'), photo('p2')]), server);
      expect(tries).toBe(lose.length + 1);
      expect(server.cases.size).toBe(1);
      expect([...server.photos.keys()]).toEqual(['p1', 'p2']);
      expect(last.state).toBe('sent');
      expect(last.photos.every((one) => one.sent && one.file === null)).toBe(true);
      expect(last.received).toEqual({ id: 'C1', code: 'CODE', acceptBy: 'T' });
    }
  });

  it('says why when the server refuses it, and does not try again by itself', async () => {
    const server = new Server();
    server.refuse = new Problem(422, { title: 'x', detail: 'words are missing', code: 'f' });
    const after = await send(draft(), server, async () => {});
    expect([after.state, after.said]).toEqual(['refused', 'words are missing']);
  });

  it('keeps the case when only a photo is refused', async () => {
    const server = new Server();
    server.attach = async () => {
      throw new Problem(413, { detail: 'too large' });
    };
    const after = await send(draft([photo('p1')]), server, async () => {});
    expect(after.state).toBe('sent');
    expect(after.photos[0]!.refused).toBe('too large');
  });
});

it('is mended in its words, and loses what was refused beside them', () => {
  const refused = (field: string): Draft => ({
    ...draft(),
    field,
    request: { words: 'x', category: 'gone', place: { address: 'A', point: { lon: 1, lat: 2 } } },
  });
  expect(mended(refused('category'), ' y ')).toEqual({
    words: 'y',
    place: { address: 'A', point: { lon: 1, lat: 2 } },
  });
  expect(mended(refused('place.point'), 'y').place).toEqual({ address: 'A' });
  expect(mended(refused('words'), 'y').category).toBe('gone');
});

it.each([
  [0, 'later'],
  [503, 'later'],
  [429, 'later'],
  [401, 'sign-in'],
  [422, 'never'],
  [403, 'never'],
] as const)('after %i it goes again: %s', (status, expected) => {
  expect(verdict(new Problem(status, {}))).toBe(expected);
});

it('waits longer after each failure, five minutes at most', () => {
  expect([0, 1, 2, 20].map(waitMs)).toEqual([5_000, 10_000, 20_000, 300_000]);
});
