import { api, freshKey } from '../api';
import { Problem } from '../api/problem';
import type { NewRequest } from '../api/types';
import { i18n } from '../i18n/index.svelte';
import { keepSent } from '../report.svelte';
import { office } from '../session.svelte';
import { send, verdict, waitMs, type Draft, type Photo, type Wire } from './draft';
import { kept } from './kept';

/** Drafts that were sent stay to be seen for so long. */
const SHOWN_FOR_MS = 7 * 24 * 3_600_000;

const wire: Wire = {
  report: (draft) => api.report(draft.request, draft.key, draft.owner === null),
  attach: async (code, photo) => {
    if (!photo.file) return;
    const file = new File([photo.file], photo.name, { type: photo.file.type });
    await api.attachOwn(code, file, photo.key);
  },
};

/** What is on its way from this device: sent by itself, each once. */
class Outbox {
  drafts = $state.raw<Draft[]>([]);
  /** Whether the device says that it has no connection. */
  offline = $state(!navigator.onLine);
  /** Whether something waits until its writer has signed in again. */
  needsSignIn = $state(false);
  #tries = 0;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #started: Promise<void> | null = null;

  /** Reads what is kept on this device, and begins to send. */
  start(): Promise<void> {
    return (this.#started ??= this.#start());
  }

  async #start(): Promise<void> {
    for (const draft of await kept.all()) {
      const old = Date.now() - Date.parse(draft.madeAt) > SHOWN_FOR_MS;
      if (draft.state === 'removed' || (draft.state === 'sent' && old)) {
        await kept.drop(draft.key);
      }
    }
    await this.#look();
    addEventListener('online', () => {
      this.offline = false;
      this.#tries = 0;
      void this.go();
    });
    addEventListener('offline', () => (this.offline = true));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.go();
    });
    void this.go();
  }

  async #look(): Promise<void> {
    const all = await kept.all();
    this.drafts = all.sort((a, b) => b.madeAt.localeCompare(a.madeAt));
  }

  /** The drafts that whoever is here may see: their own. */
  get own(): Draft[] {
    const me = office.user?.name ?? null;
    return this.drafts.filter((one) => one.owner === me);
  }

  /** How many are not sent yet. */
  get waiting(): number {
    return this.own.filter((one) => ['waiting', 'sending', 'refused'].includes(one.state)).length;
  }

  /** Puts a request into the outbox; it is on this device when the answer comes. */
  async add(request: NewRequest, photos: Photo[], key = freshKey()): Promise<void> {
    const draft: Draft = {
      key,
      owner: office.user?.name ?? null,
      request,
      photos,
      madeAt: new Date().toISOString(),
      state: 'waiting',
      tried: false,
      said: null,
      field: null,
      received: null,
      sentAt: null,
    };
    const before = await kept.read(key);
    // The same report once more, after its answer was lost: it is on its way already.
    if (!before || before.state === 'refused') await kept.put(draft);
    await this.#look();
  }

  /** Tries to send what waits, one after the other. */
  go(): Promise<void> {
    clearTimeout(this.#timer);
    // Of several windows one sends; the server would tell repeats anyway.
    const alone = async (): Promise<void> =>
      // Where there is no encryption, browsers lend no locks.
      'locks' in navigator
        ? navigator.locks.request('yiwang.outbox', () => this.#send())
        : this.#send();
    // What came in while others were being sent has its turn after them.
    this.#again = true;
    this.#running ??= (async () => {
      while (this.#again) {
        this.#again = false;
        await alone();
      }
    })().finally(() => (this.#running = null));
    return this.#running;
  }

  async #send(): Promise<void> {
    this.needsSignIn = false;
    const all = await kept.all();
    const waiting = all.filter((one) => one.state === 'waiting' || one.state === 'sending');
    for (const draft of waiting.sort((a, b) => a.madeAt.localeCompare(b.madeAt))) {
      // It may have been removed, or sent from another window, since it was read.
      const now = await kept.read(draft.key);
      if (!now || (now.state !== 'waiting' && now.state !== 'sending')) continue;
      try {
        if (now.owner !== null && (await api.session()).user?.name !== now.owner) {
          this.needsSignIn = true;
          continue;
        }
        const after = await send(now, wire, (step) => this.#keep(step));
        this.#tries = 0;
        if (after.state === 'sent' && after.received?.code && after.owner === null) {
          keepSent({ id: after.received.id, code: after.received.code, at: after.sentAt! });
        }
      } catch (error) {
        const problem = Problem.of(error);
        const said = problem.unreachable ? null : problem.detail || problem.title;
        const left = (await kept.read(now.key)) ?? now;
        if (left.state !== 'removed') await this.#keep({ ...left, state: 'waiting', said });
        if (verdict(problem) === 'sign-in') this.needsSignIn = true;
        else {
          this.#timer = setTimeout(() => void this.go(), waitMs(this.#tries++));
          break;
        }
      }
    }
    await this.#look();
  }

  async #keep(draft: Draft): Promise<void> {
    await kept.put(draft);
    await this.#look();
  }

  /** Removes a draft that the server does not have; until the next visit that can be
      taken back. What is being sent may have arrived, and is not removed. */
  async remove(key: string): Promise<void> {
    const draft = await kept.read(key);
    if (!draft || draft.received || draft.state === 'sending') return;
    await this.#keep({ ...draft, state: 'removed' });
  }

  /** Takes a removal back. */
  async restore(key: string): Promise<void> {
    const draft = await kept.read(key);
    if (!draft || draft.state !== 'removed') return;
    await this.#keep({ ...draft, state: 'waiting' });
    void this.go();
  }

  /** Puts another text into a draft that was refused, and sends it. */
  async mend(key: string, request: NewRequest): Promise<void> {
    const draft = await kept.read(key);
    if (!draft || draft.state !== 'refused') return;
    // Changed, it is another call.
    await kept.drop(key);
    await this.#keep({
      ...draft,
      key: freshKey(),
      request,
      state: 'waiting',
      tried: false,
      said: null,
      field: null,
    });
    void this.go();
  }

  /** Takes a draft that was refused back into the form it came from. */
  async takeBack(key: string): Promise<void> {
    if ((await kept.read(key))?.state !== 'refused') return;
    await kept.drop(key);
    await this.#look();
  }

  /** Forgets what was sent: on a device that others use. */
  async forget(): Promise<void> {
    for (const draft of this.own) if (draft.state === 'sent') await kept.drop(draft.key);
    await this.#look();
  }

  /** What a draft is about, in few words. */
  title(draft: Draft): string {
    const words = draft.request.words.split('\n')[0] ?? '';
    return words.length > 40 ? `${words.slice(0, 40)}…` : words || i18n.t.outbox.nameless;
  }
}

export const outbox = new Outbox();
