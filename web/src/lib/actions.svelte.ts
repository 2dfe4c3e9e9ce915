import { isCommand, type Bodies, type CaseFile, type Command } from './api/types';
import { i18n } from './i18n/index.svelte';

/** What is typed into an action's form; kept while the case is read again. */
export class Draft {
  category = $state('');
  area = $state('');
  reason = $state('');
  unit = $state('');
  note = $state('');
  pass = $state<'' | 'true' | 'false'>('');
  reached = $state<'' | 'true' | 'false'>('');
  solved = $state<'' | 'true' | 'false'>('');
  satisfaction = $state('');
  ground = $state('');

  constructor(file: CaseFile) {
    this.category = file.category ?? '';
    this.area = file.area ?? '';
    this.unit = file.suggested_units[0]?.unit ?? '';
  }

  /** Whether something was typed that a fresh reading must not lose. */
  get touched(): boolean {
    return [this.note, this.reason, this.ground, this.pass, this.reached].some(
      (part) => part !== '',
    );
  }
}

export type FieldName = Exclude<keyof Draft, 'touched'>;
export type Missing = { field: FieldName; message: string };

/** The usual next step, if it is this reader's to take. Closing what nobody has
    verified, opening again and erasing are possible but never usual. */
export function usual(file: CaseFile): Command | null {
  const [first] = file.actions;
  if (!first || !isCommand(first) || first === 'reopen' || first === 'erase') return null;
  if (first === 'close' && file.stage !== 'verified') return null;
  if (first === 'call_back' && file.call_back?.reached) return null;
  return first;
}

/** Whether the chosen unit's duty list does not name the matter. */
export function outsideDuty(draft: Draft, file: CaseFile): boolean {
  return draft.unit !== '' && file.suggested_units.every((one) => one.unit !== draft.unit);
}

/** Fields of a form that must be filled before it is worth sending. */
export function missing(action: Command, draft: Draft, file: CaseFile): Missing[] {
  const t = i18n.t.forms.missing;
  const found: Missing[] = [];
  const need = (field: FieldName, message: string) => {
    if (!draft[field].trim()) found.push({ field, message });
  };
  switch (action) {
    case 'accept':
      need('category', t.category);
      break;
    case 'decline':
      need('reason', t.declineReason);
      need('note', t.declineNote);
      break;
    case 'dispatch':
      need('unit', t.unit);
      if (outsideDuty(draft, file)) need('reason', t.outsideReason);
      break;
    case 'report_back':
      need('note', t.reportNote);
      break;
    case 'verify':
      need('pass', t.pass);
      if (draft.pass === 'false') need('note', t.failNote);
      break;
    case 'close':
      if (file.stage !== 'verified') need('reason', t.closeReason);
      break;
    case 'call_back':
      need('reached', t.reached);
      if (draft.reached === 'true') need('solved', t.solved);
      break;
    case 'reopen':
      need('note', t.reopenNote);
      break;
    case 'erase':
      need('ground', t.ground);
      break;
  }
  return found;
}

/** The body of the call an action's form makes. */
export function bodyOf(action: Command, draft: Draft, file: CaseFile): Bodies[Command] {
  const text = (value: string) => value.trim() || undefined;
  switch (action) {
    case 'accept':
      return {
        category: draft.category,
        area: draft.area !== file.area ? text(draft.area) : undefined,
      };
    case 'decline':
      return { reason: draft.reason as Bodies['decline']['reason'], note: draft.note.trim() };
    case 'dispatch':
      return {
        unit: draft.unit,
        reason: outsideDuty(draft, file) ? text(draft.reason) : undefined,
        note: text(draft.note),
      };
    case 'report_back':
    case 'reopen':
      return { note: draft.note.trim() };
    case 'verify':
      return { pass: draft.pass === 'true', note: text(draft.note) };
    case 'close':
      return { reason: text(draft.reason) };
    case 'call_back': {
      const reached = draft.reached === 'true';
      return {
        reached,
        solved: reached ? draft.solved === 'true' : undefined,
        satisfaction: reached && draft.satisfaction ? Number(draft.satisfaction) : undefined,
        note: text(draft.note),
      };
    }
    case 'erase':
      return { ground: draft.ground.trim() };
    case 'start':
      return {};
  }
}
