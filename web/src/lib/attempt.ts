import { bodyOf, missing, type Draft } from './actions.svelte';
import { api, freshKey } from './api';
import type { CaseFile, Command, TimelineEntry } from './api/types';
import { particulars } from './events';

/** A command that somebody wanted to give. */
export type Attempt = { action: Command; draft: Draft };

/** Sends commands. One that may have got through is sent again under the same
    key; another form or another version of the case is another call. */
export class Sender {
  #sent = { what: '', key: '' };

  send({ action, draft }: Attempt, file: CaseFile): Promise<CaseFile> {
    const body = bodyOf(action, draft, file);
    const what = JSON.stringify([file.id, file.version, action, body]);
    if (this.#sent.what !== what) this.#sent = { what, key: freshKey() };
    return api.act(file.id, action, file.version, body, this.#sent.key);
  }
}

/** Whether a command can be given to the case as it is now, as it was meant. */
export function stillPossible({ action, draft }: Attempt, file: CaseFile): boolean {
  return file.actions.includes(action) && missing(action, draft, file).length === 0;
}

/** The event whose particulars a command's are written like. */
const LIKE: Partial<Record<Command, TimelineEntry['event']>> = {
  dispatch: 'dispatched',
  verify: 'verified',
  call_back: 'called_back',
  return: 'returned',
  shelve: 'shelved',
};

/** What a command says, in words. */
export function inWords({ action, draft }: Attempt, file: CaseFile): string[] {
  const data: { [key: string]: unknown } = { ...bodyOf(action, draft, file) };
  const event = LIKE[action] ?? 'accepted';
  const texts = ['note', 'ground', 'open_parts_reason'].map((key) => data[key]);
  const said = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  return [...particulars({ event, data: data as TimelineEntry['data'] }), ...said];
}
