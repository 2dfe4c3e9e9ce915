import type { NewRequest, Received } from '../api/types';
import { Problem } from '../api/problem';

/** A photo that goes with a draft. Its bytes are dropped once the server has it. */
export type Photo = {
  /** Its Idempotency-Key. */
  key: string;
  name: string;
  file: Blob | null;
  sent: boolean;
  /** Why the server did not take it. */
  refused: string | null;
};

/** `waiting` for a connection, `sending`, `sent`, `refused` by the server, or `removed`
    by its writer, who can still take that back. */
export type DraftState = 'waiting' | 'sending' | 'sent' | 'refused' | 'removed';

/** A request that is on its way; kept on this device until the server has it. */
export type Draft = {
  /** Its Idempotency-Key: however often it is sent, there is one case. */
  key: string;
  /** Who wrote it: a sign-in name, or nobody's for residents. Keys of another sender are
      other keys, so it is sent in no other name. */
  owner: string | null;
  request: NewRequest;
  photos: Photo[];
  madeAt: string;
  state: DraftState;
  /** Whether it was sent before without an answer: it may have arrived. */
  tried: boolean;
  /** Why it was not taken, or not yet, in words. */
  said: string | null;
  /** The field that was refused, such as `place.point`. */
  field: string | null;
  received: { id: string; code: string | null; acceptBy: string } | null;
  sentAt: string | null;
};

/** The calls that sending makes. */
export type Wire = {
  report: (draft: Draft) => Promise<Received>;
  attach: (code: string, photo: Photo) => Promise<void>;
};

/** What a failed call means for what is sent: it goes again later, only after its writer
    has signed in, or not at all as it is. */
export function verdict(problem: Problem): 'later' | 'sign-in' | 'never' {
  if (problem.unreachable || problem.status >= 500) return 'later';
  if ([408, 425, 429].includes(problem.status)) return 'later';
  return problem.status === 401 ? 'sign-in' : 'never';
}

const words = (problem: Problem) => problem.detail || problem.title || problem.code;

/**
 * Sends what of a draft the server does not have yet, and keeps each step as soon as it is
 * known. Whatever is cut off is sent again under the same keys and done once.
 * Throws the [Problem] that it has to wait for; what is refused for good is said in the draft.
 */
export async function send(
  draft: Draft,
  wire: Wire,
  keep: (draft: Draft) => Promise<void>,
): Promise<Draft> {
  let now: Draft = { ...draft, state: 'sending', said: null, field: null };
  const step = async (change: Partial<Draft>) => {
    now = { ...now, ...change };
    await keep(now);
  };
  await step({ tried: true });
  if (!now.received) {
    try {
      const { id, follow_code: code, accept_by: acceptBy } = await wire.report(now);
      await step({ received: { id, code: code ?? null, acceptBy } });
    } catch (error) {
      const problem = Problem.of(error);
      if (verdict(problem) !== 'never') throw problem;
      await step({ state: 'refused', said: words(problem), field: problem.field });
      return now;
    }
  }
  for (const photo of now.photos) {
    if (photo.sent || photo.refused || !photo.file) continue;
    const took = (change: Partial<Photo>) =>
      step({
        photos: now.photos.map((one) =>
          one.key === photo.key ? { ...one, ...change, file: null } : one,
        ),
      });
    const code = now.received?.code;
    try {
      // Whoever follows nothing can add nothing: the case itself is there.
      if (code) await wire.attach(code, photo);
      await took({ sent: Boolean(code) });
    } catch (error) {
      const problem = Problem.of(error);
      if (verdict(problem) !== 'never') throw problem;
      await took({ refused: words(problem) });
    }
  }
  await step({ state: 'sent', sentAt: new Date().toISOString() });
  return now;
}

/** A refused request with other words, and without what was refused beside them. */
export function mended(draft: Draft, words: string): NewRequest {
  const request: NewRequest = { ...draft.request, words: words.trim() };
  if (draft.field?.startsWith('category')) delete request.category;
  if (draft.field?.startsWith('place.point') && request.place.address) {
    request.place = { address: request.place.address };
  }
  return request;
}

/** How long to wait after so many tries that failed: five seconds, then twice as long
    each time, five minutes at most. */
export const waitMs = (tries: number): number => Math.min(5_000 * 2 ** tries, 300_000);
