import { isCommand, type Bodies, type CaseFile, type Command } from './api/types';
import { i18n } from './i18n/index.svelte';

/** What is typed into an action's form; kept while the case is read again. */
export class Draft {
  category = $state('');
  area = $state('');
  reason = $state('');
  unit = $state('');
  assisting = $state<string[]>([]);
  responsible = $state('');
  note = $state('');
  pass = $state('');
  reached = $state('');
  solved = $state('');
  satisfaction = $state('');
  ground = $state('');
  /** A date and time as the browser's own field has them, in the browser's zone. */
  when = $state('');
  level = $state('');
  score = $state('');
  #first: string;

  constructor(file: CaseFile, action: Command) {
    this.category = file.category ?? '';
    this.area = file.area ?? '';
    if (action === 'dispatch') this.unit = file.suggested_units[0]?.unit ?? '';
    if (action === 'score') this.unit = file.unit ?? '';
    if (action === 'remove_unit' && file.parts.length === 1) this.unit = file.parts[0]?.unit ?? '';
    this.#first = this.#all();
  }

  /** Whether something was typed or chosen that a fresh reading must not lose. */
  get touched(): boolean {
    return this.#all() !== this.#first;
  }

  #all(): string {
    const { category, area, reason, unit, assisting, responsible, note, pass } = this;
    const { reached, solved, satisfaction, ground, when, level, score } = this;
    const road = [category, area, reason, unit, ...assisting, responsible, note, pass];
    return JSON.stringify([road, reached, solved, satisfaction, ground, when, level, score]);
  }
}

export type FieldName = Exclude<keyof Draft, 'touched'>;
export type Missing = { field: FieldName; message: string };

/** What the fields of a form are given. */
export type Fields = {
  action: Command;
  file: CaseFile;
  draft: Draft;
  /** What is wrong with a field. */
  wrong: Record<string, string>;
  /** The id of a field's first control. */
  id: (field: FieldName | 'other') => string;
  /** Units that may be chosen instead. */
  allowed: string[];
};

/** Steps that are somebody's usual next one; everything else is possible and never usual. */
const USUAL: ReadonlySet<Command> = new Set([
  'accept',
  'dispatch',
  'start',
  'report_back',
  'verify',
  'close',
  'call_back',
  'report_part',
  'resume',
  'answer_question',
]);

/** The usual next step, if it is this reader's to take. */
export function usual(file: CaseFile): Command | null {
  const first = file.actions.find((action) => isCommand(action) && USUAL.has(action));
  if (!first || !isCommand(first)) return null;
  // Closing what nobody has verified is possible and never usual.
  if (first === 'close' && file.stage !== 'verified') return null;
  if (first === 'call_back' && file.call_back?.reached) return null;
  // Whether to add a part's report comes after the case's own step.
  if (first === 'report_part' && file.parts.every((part) => part.reported_at !== null)) return null;
  return first;
}

/** Whether the chosen unit's duty list does not name the matter. */
export function outsideDuty(draft: Draft, file: CaseFile): boolean {
  return draft.unit !== '' && file.suggested_units.every((one) => one.unit !== draft.unit);
}

const hasOpenParts = (file: CaseFile) => file.parts.some((part) => part.reported_at === null);

/** Fields of a form that must be filled before it is worth sending. */
export function missing(action: Command, draft: Draft, file: CaseFile): Missing[] {
  const t = i18n.t.forms.missing;
  const life = i18n.t.life.missing;
  const found: Missing[] = [];
  const need = (field: Exclude<FieldName, 'assisting'>, message: string) => {
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
      if (hasOpenParts(file)) need('reason', life.text);
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
    case 'return':
      need('reason', life.choose);
      need('note', life.text);
      break;
    case 'redirect':
    case 'remove_unit':
      need('unit', life.unit);
      need('reason', life.text);
      break;
    case 'add_unit':
      need('unit', life.unit);
      break;
    case 'ask_extension':
      need('when', life.when);
      need('reason', life.text);
      break;
    case 'extend':
      if (!file.extension_asked) need('when', life.when);
      need('reason', life.text);
      break;
    case 'refuse_extension':
      need('reason', life.text);
      break;
    case 'shelve':
      need('reason', life.choose);
      need('when', life.when);
      need('note', life.text);
      break;
    case 'supervise':
      need('level', life.choose);
      need('when', life.when);
      need('note', life.text);
      break;
    case 'score':
      need('unit', life.unit);
      need('score', life.choose);
      need('reason', life.text);
      break;
    case 'report_part':
    case 'ask_resident':
    case 'answer_question':
    case 'answer_supervision':
    case 'comment':
    case 'withdraw':
      need('note', life.text);
      break;
    case 'start':
    case 'resume':
    case 'release':
      break;
  }
  return found;
}

/** The body of the call an action's form makes. */
export function bodyOf(action: Command, draft: Draft, file: CaseFile): Bodies[Command] {
  const text = (value: string) => value.trim() || undefined;
  const note = draft.note.trim();
  const reason = draft.reason.trim();
  const when = draft.when ? new Date(draft.when).toISOString() : '';
  switch (action) {
    case 'accept':
      return {
        category: draft.category,
        area: draft.area !== file.area ? text(draft.area) : undefined,
      };
    case 'decline':
      return { reason: reason as Bodies['decline']['reason'], note };
    case 'dispatch':
      return {
        unit: draft.unit,
        assisting: draft.assisting.filter((unit) => unit !== draft.unit),
        reason: outsideDuty(draft, file) ? text(draft.reason) : undefined,
        note: text(draft.note),
      };
    case 'report_back':
      return { note, open_parts_reason: hasOpenParts(file) ? text(draft.reason) : undefined };
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
    case 'return':
      return {
        reason: reason as Bodies['return']['reason'],
        responsible: text(draft.responsible),
        note,
      };
    case 'redirect':
      return { unit: draft.unit, assisting: draft.assisting, reason, note: text(draft.note) };
    case 'recall':
      return { reason: text(draft.reason) };
    case 'add_unit':
      return { unit: draft.unit, note: text(draft.note) };
    case 'remove_unit':
      return { unit: draft.unit, reason };
    case 'ask_extension':
      return { resolve_by: when, reason };
    case 'extend':
      return { resolve_by: text(when), reason };
    case 'refuse_extension':
      return { reason };
    case 'shelve':
      return { reason: reason as Bodies['shelve']['reason'], review_by: when, note };
    case 'supervise':
      return { level: draft.level as Bodies['supervise']['level'], answer_by: when, note };
    case 'score':
      return { unit: draft.unit, score: Number(draft.score), reason };
    case 'resume':
    case 'release':
      return { note: text(draft.note) };
    case 'reopen':
    case 'report_part':
    case 'ask_resident':
    case 'answer_question':
    case 'answer_supervision':
    case 'comment':
    case 'withdraw':
      return { note };
  }
}
