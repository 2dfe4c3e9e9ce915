import { api } from './api';
import { Problem } from './api/problem';
import type { City, Role, User } from './api/types';

const KEPT_AS = 'yiwang.office';

/** What of it is kept on this device, so that pages open without a connection: names, and
    who was signed in. It lets nobody do anything: the server asks again. */
type Kept = { user: User | null; city: City };

function readKept(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null') as Kept | null;
    return kept?.city ? kept : null;
  } catch {
    return null;
  }
}

/** Who is signed in and in which city: what every page leans on. */
class Office {
  user = $state.raw<User | null>(null);
  city = $state.raw<City | null>(null);
  problem = $state.raw<Problem | null>(null);
  ready = $state(false);
  /** The entry that was to be written next when the session was asked for: what pages read
      is younger. */
  nextEntry: number | null = null;
  /** Whether user and city are those of the last visit, since nobody answers. */
  remembered = $state(false);

  async load(): Promise<void> {
    this.problem = null;
    try {
      const [session, city] = await Promise.all([api.session(), api.city()]);
      this.nextEntry = session.next_entry;
      this.user = session.user;
      this.city = city;
      this.ready = true;
      this.remembered = false;
      this.#keep();
    } catch (error) {
      this.problem = Problem.of(error);
      const kept = this.problem.unreachable && !this.ready ? readKept() : null;
      if (!kept) return;
      this.user = kept.user;
      this.city = kept.city;
      this.remembered = true;
    }
  }

  #keep(): void {
    const { user, city } = this;
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify({ user, city }));
    } catch {
      // No room left: the pages then open with a connection only.
    }
  }

  async signIn(user: string, password: string): Promise<void> {
    const session = await api.signIn(user, password);
    this.city = await api.city();
    this.nextEntry = session.next_entry;
    this.user = session.user;
    this.#keep();
  }

  async signOut(): Promise<void> {
    await api.signOut();
    // Drafts of calls hold what callers said: they end with the sign-in.
    sessionStorage.clear();
    this.user = null;
    this.city = await api.city();
    this.#keep();
  }

  /** Looks whether the session has ended, which a stream cannot tell. */
  async look(): Promise<void> {
    try {
      this.user = (await api.session()).user;
    } catch {
      // Nobody answers; whoever asked goes on trying.
    }
  }

  /** To be called with each refusal: a session that has ended is noticed here. */
  noticed(problem: Problem): void {
    if (problem.status === 401) this.user = null;
  }
}

export const office = new Office();

const WITHOUT_WORDS: Role[] = ['steward', 'auditor', 'admin'];

/** Whether a person sees what residents said and where; the server decides, this
    only keeps the pages from asking in vain. */
export function seesWords(user: User | null): boolean {
  return user !== null && !WITHOUT_WORDS.includes(user.role);
}

const WITH_ROSTERS: Role[] = ['operator', 'unit', 'steward'];

/** Whether a person sees who is on duty; the server decides. */
export const seesRosters = (user: User | null): boolean =>
  user !== null && WITH_ROSTERS.includes(user.role);

/** Whether a person works on the grid (网格员): a verifier of a street or community. */
export const isGridWorker = (user: User | null): boolean =>
  user?.role === 'verifier' && user.unit !== null;

/** Whether it is somebody of the city's own staff; partners and helpers are not. */
export const isStaff = (user: User | null): boolean =>
  user !== null && user.role !== 'partner' && user.role !== 'contributor';

/** The page a person begins the day on: a unit's what waits for it. */
export function home(user: User): string {
  if (isGridWorker(user)) return '/patrol';
  if (user.role === 'contributor') return '/together?kind=task';
  return user.role === 'unit' ? '/queue' : '/desk';
}
