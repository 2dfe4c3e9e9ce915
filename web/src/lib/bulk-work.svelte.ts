import { emptyDraft } from './bulk';
import { BulkSending, type Evidence } from './bulk-send';

const NO_EVIDENCE: Evidence = { photos: [], forResident: false };

/** What is typed for many cases at once; it stays for those that were refused, also when
    their reader was on another page meanwhile. */
class BulkWork {
  draft = $state(emptyDraft());
  evidence = $state.raw(NO_EVIDENCE);
  sending = new BulkSending();
  #of = '';

  /** Nobody goes on with what somebody else has typed. */
  belongsTo(user: string): void {
    if (this.#of !== user) this.done();
    this.#of = user;
  }

  /** What goes with a step: photos only where its form asks for them. */
  evidenceFor(withForm: boolean): Evidence {
    return withForm ? this.evidence : NO_EVIDENCE;
  }

  done(): void {
    this.draft = emptyDraft();
    this.evidence = NO_EVIDENCE;
    this.sending = new BulkSending();
  }
}

export const bulkWork = new BulkWork();
