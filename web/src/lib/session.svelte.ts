import { api } from './api';
import { Problem } from './api/problem';
import type { City, Role, User } from './api/types';

/** Who is signed in and in which city: what every page leans on. */
class Office {
  user = $state.raw<User | null>(null);
  city = $state.raw<City | null>(null);
  problem = $state.raw<Problem | null>(null);
  ready = $state(false);

  async load(): Promise<void> {
    this.problem = null;
    try {
      const [session, city] = await Promise.all([api.session(), api.city()]);
      this.user = session.user;
      this.city = city;
      this.ready = true;
    } catch (error) {
      this.problem = Problem.of(error);
    }
  }

  async signIn(user: string, password: string): Promise<void> {
    const session = await api.signIn(user, password);
    this.city = await api.city();
    this.user = session.user;
  }

  async signOut(): Promise<void> {
    await api.signOut();
    // Drafts of calls hold what callers said: they end with the sign-in.
    sessionStorage.clear();
    this.user = null;
    this.city = await api.city();
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

/** The page a person begins the day on: a unit's what is due first. */
export function home(user: User): string {
  return user.role === 'unit' ? '/desk?order=due' : '/desk';
}
