import { api, freshKey } from './api';
import { Problem } from './api/problem';
import type { ActItem, QueueRow } from './api/types';
import { bodyFor, outcomesOf, type BulkAction, type BulkDraft, type Outcome } from './bulk';
import { i18n } from './i18n/index.svelte';
import type { Photo } from './outbox/draft';
import { office } from './session.svelte';

/** Photos of so many cases go up side by side. */
const SIDE_BY_SIDE = 3;

/** What is known of a case that a step is taken for. */
export type Sent = Pick<QueueRow, 'id' | 'version' | 'open_parts'>;

export type Evidence = { photos: Photo[]; forResident: boolean };

/**
 * A step for many cases, with what was typed and photographed once. A key is kept for
 * each case: what may have got through is sent again under it, and done once.
 */
export class BulkSending {
  #keys = new Map<string, string>();

  /**
   * Takes the step for each of these cases; tells of each that is through.
   * Photos go first: where one is not taken, the case's step is not either.
   */
  async send(
    action: BulkAction,
    rows: Sent[],
    draft: BulkDraft,
    evidence: Evidence,
    through: (done: number) => void,
  ): Promise<Outcome[]> {
    const refused: Outcome[] = [];
    const items: ActItem[] = [];
    const left = [...rows];
    let done = 0;
    const work = async () => {
      for (let row = left.shift(); row; row = left.shift()) {
        try {
          const version = await this.#attach(row, evidence);
          items.push(this.#item(action, { ...row, version }, draft));
        } catch (error) {
          const why = i18n.t.queue.result.photo(reason(error));
          refused.push({ id: row.id, after: null, why });
        }
        if (evidence.photos.length > 0) through(++done);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    if (items.length === 0) return refused;
    try {
      const answer = await api.actOnMany(items);
      return [...outcomesOf(items, answer.items), ...refused];
    } catch (error) {
      const why = reason(error);
      return [...items.map(({ id }) => ({ id, after: null, why })), ...refused];
    }
  }

  #item(action: BulkAction, row: Sent, draft: BulkDraft): ActItem {
    const body = bodyFor(action, draft, row);
    // The version is not part of it: the same words for the same case are the same step.
    const key = this.#key(JSON.stringify([action, row.id, body]));
    return { id: row.id, version: row.version, action, key, body: body as ActItem['body'] };
  }

  /** The version of the case once all photos stand beside it. */
  async #attach(row: Sent, evidence: Evidence): Promise<number> {
    let { version } = row;
    for (const { key, name, file } of evidence.photos) {
      if (!file) continue;
      const photo = new File([file], name, { type: file.type });
      const to = { id: row.id, version };
      const once = this.#key(JSON.stringify([key, row.id, evidence.forResident]));
      version = (await api.attach(to, photo, evidence.forResident, once)).version;
    }
    return version;
  }

  #key(what: string): string {
    const key = this.#keys.get(what) ?? freshKey();
    this.#keys.set(what, key);
    return key;
  }
}

function reason(error: unknown): string {
  const problem = Problem.of(error);
  office.noticed(problem);
  if (problem.unreachable) return i18n.t.queue.result.network;
  return problem.detail || problem.title || i18n.t.common.failed;
}
