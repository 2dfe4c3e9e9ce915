import type { DossierKind } from '../api/types';

/** How a field of a step is asked for. */
export type Asked =
  | 'title' // a short text for the public, in both languages
  | 'summary' // a longer one
  | 'titles' // several short ones, one a line
  | 'words' // what somebody said: sealed
  | 'short' // a name or a reason
  | 'number'
  | 'cents' // typed in yuan
  | 'points' // typed with up to two decimals
  | 'numbers' // several, apart by spaces
  | 'day'
  | 'instant'
  | 'yes'
  | 'choice'
  | 'area'
  | 'areas'
  | 'unit'
  | 'units'
  | 'category'
  | 'categories'
  | 'cases' // numbers of cases, apart by spaces
  | 'case'
  | 'parties'; // names of who is at odds, one a line

export type Field = {
  name: string;
  as: Asked;
  optional?: true;
  choices?: readonly string[];
};

const field = (name: string, as: Asked): Field => ({ name, as });
const maybe = (name: string, as: Asked): Field => ({ name, as, optional: true });
const choice = (name: string, choices: readonly string[]): Field => ({
  name,
  as: 'choice',
  choices,
});

export const KINDS: DossierKind[] = [
  'consultation',
  'micro_project',
  'topic',
  'deliberation',
  'proposal',
  'dispute',
  'property_party',
  'asset',
  'task',
  'pool',
  'training',
  'appraisal',
];

/** Kinds that anyone may read of. */
export const PUBLIC: DossierKind[] = [
  'consultation',
  'micro_project',
  'topic',
  'deliberation',
  'task',
  'appraisal',
];

/** The step that opens one, where a person does. */
export const OPENING: Partial<Record<DossierKind, string>> = {
  topic: 'open',
  dispute: 'register',
  property_party: 'register',
  asset: 'register',
  deliberation: 'convene',
  consultation: 'announce',
  micro_project: 'propose',
  pool: 'set_up',
  task: 'publish',
  training: 'plan',
  appraisal: 'draw_up',
};

/** Who may open one, by role; the server decides, this only keeps pages from asking in vain. */
export const OPENERS: Record<DossierKind, string[]> = {
  proposal: [],
  topic: ['operator', 'unit'],
  dispute: ['operator', 'unit'],
  property_party: ['steward', 'unit'],
  asset: ['steward', 'unit'],
  deliberation: ['operator', 'unit'],
  consultation: ['operator'],
  micro_project: ['operator', 'unit'],
  pool: ['operator', 'unit'],
  task: ['operator', 'unit'],
  training: ['steward', 'unit'],
  appraisal: ['steward', 'leader'],
};

/** What a unit is appraised by. */
export const WEIGHTS = [
  'response',
  'resolution',
  'satisfaction',
  'on_time',
  'front_line_score',
  'check_in',
  'training',
] as const;

const TRACKS = ['self_rule', 'legal', 'moral'] as const;

/** What each step asks for. */
export const STEPS: Record<DossierKind, Record<string, Field[]>> = {
  proposal: {
    accept: [maybe('unit', 'unit'), maybe('note', 'words')],
    dismiss: [
      choice('reason', ['under_way', 'not_actionable', 'not_a_recurrence', 'low_priority']),
      maybe('quiet_weeks', 'number'),
      maybe('note', 'words'),
    ],
  },
  topic: {
    open: [
      field('title', 'title'),
      field('summary', 'summary'),
      field('lead', 'unit'),
      maybe('assisting', 'units'),
      field('categories', 'categories'),
      maybe('areas', 'areas'),
      maybe('cases', 'cases'),
    ],
    add_measure: [field('measure', 'title')],
    add_milestone: [field('title', 'title'), field('due', 'day')],
    reach_milestone: [field('number', 'number')],
    close: [field('report', 'summary'), maybe('reason', 'short')],
  },
  dispute: {
    register: [
      field('title', 'title'),
      field('area', 'area'),
      field('unit', 'unit'),
      choice('track', TRACKS),
      field('parties', 'parties'),
      field('words', 'words'),
      maybe('cases', 'cases'),
    ],
    assign_mediator: [field('mediator', 'short')],
    change_track: [choice('track', TRACKS), field('reason', 'short')],
    hold_session: [field('on', 'day'), field('attended', 'number'), field('minutes', 'words')],
    agree: [field('on', 'day'), field('agreement', 'words'), field('visit_by', 'day')],
    visit: [
      field('on', 'day'),
      field('kept', 'yes'),
      field('note', 'words'),
      maybe('next_by', 'day'),
    ],
    close: [
      choice('outcome', ['settled', 'withdrawn', 'to_court', 'failed']),
      field('note', 'words'),
    ],
  },
  property_party: {
    register: [
      choice('role', ['company', 'committee', 'owners']),
      field('name', 'title'),
      field('areas', 'areas'),
      field('duties', 'categories'),
      field('unit', 'unit'),
      maybe('contact', 'short'),
    ],
    set_duties: [field('areas', 'areas'), field('duties', 'categories'), field('reason', 'short')],
    set_contact: [field('contact', 'short')],
    retire: [field('reason', 'short')],
  },
  asset: {
    register: [
      choice('sort', ['lift', 'parking']),
      field('name', 'title'),
      field('area', 'area'),
      field('category', 'category'),
      field('unit', 'unit'),
      maybe('party', 'short'),
      field('every_days', 'number'),
      maybe('inspected_on', 'day'),
    ],
    inspect: [field('on', 'day'), field('passed', 'yes'), maybe('note', 'words')],
    retire: [field('reason', 'short')],
  },
  deliberation: {
    convene: [
      field('title', 'title'),
      field('agenda', 'summary'),
      field('area', 'area'),
      field('unit', 'unit'),
      choice('form', ['meeting', 'door_to_door', 'courtyard', 'online']),
      field('parties', 'titles'),
      maybe('cases', 'cases'),
    ],
    add_step: [field('title', 'title'), field('on', 'day')],
    finish_step: [
      field('number', 'number'),
      field('summary', 'summary'),
      maybe('minutes', 'words'),
    ],
    decide: [field('text', 'summary'), field('in_favour', 'number'), field('against', 'number')],
    follow_up: [field('case', 'case')],
    close: [field('report', 'summary'), maybe('reason', 'short')],
  },
  consultation: {
    announce: [
      field('title', 'title'),
      field('question', 'summary'),
      field('options', 'titles'),
      field('choose', 'number'),
      choice('recast', ['replace', 'refuse']),
      maybe('area', 'area'),
      maybe('entitled', 'number'),
      field('unit', 'unit'),
      field('opens_at', 'instant'),
      field('closes_at', 'instant'),
    ],
    publish: [],
    answer: [field('answer', 'summary')],
    withdraw: [field('reason', 'short')],
  },
  micro_project: {
    propose: [
      field('area', 'area'),
      field('words', 'words'),
      maybe('name', 'short'),
      maybe('phone', 'short'),
    ],
    screen: [
      field('title', 'title'),
      field('summary', 'summary'),
      field('unit', 'unit'),
      field('estimate_cents', 'cents'),
    ],
    decline: [field('reason', 'short')],
    open_vote: [field('closes_at', 'instant'), field('quorum', 'number')],
    close_vote: [],
    fund: [field('budget_cents', 'cents')],
    spend: [field('cents', 'cents'), field('what', 'title'), field('on', 'day')],
    finish: [field('done', 'summary'), field('closes_at', 'instant')],
    accept: [maybe('reason', 'short')],
    redo: [field('reason', 'short')],
    publish_accounts: [],
  },
  pool: {
    set_up: [
      field('title', 'title'),
      field('area', 'area'),
      field('unit', 'unit'),
      field('units', 'units'),
    ],
    offer: [
      choice('sort', ['crew', 'vehicle', 'skill']),
      field('name', 'title'),
      field('unit', 'unit'),
      field('capacity', 'number'),
      maybe('fit_for', 'categories'),
    ],
    send: [
      field('case', 'case'),
      field('resources', 'numbers'),
      field('from', 'instant'),
      field('until', 'instant'),
    ],
    bring_back: [field('number', 'number')],
    take_out: [field('number', 'number'), field('reason', 'short')],
    retire: [field('reason', 'short')],
  },
  task: {
    publish: [
      field('title', 'title'),
      field('summary', 'summary'),
      field('area', 'area'),
      field('unit', 'unit'),
      maybe('case', 'case'),
      field('places', 'number'),
      field('due', 'day'),
    ],
    claim: [choice('capacity', ['volunteer', 'company', 'organisation'])],
    give_up: [],
    report: [field('minutes', 'number'), field('note', 'words')],
    confirm: [field('number', 'number'), maybe('minutes', 'number')],
    send_back: [field('number', 'number'), field('reason', 'short')],
    close: [field('report', 'summary')],
    cancel: [field('reason', 'short')],
  },
  training: {
    plan: [
      field('title', 'title'),
      field('summary', 'summary'),
      field('unit', 'unit'),
      field('units', 'units'),
      field('on', 'day'),
    ],
    record: [
      field('unit', 'unit'),
      field('expected', 'number'),
      field('came', 'number'),
      field('passed', 'number'),
    ],
    finish: [field('report', 'summary'), maybe('reason', 'short')],
    cancel: [field('reason', 'short')],
  },
  appraisal: {
    draw_up: [
      field('title', 'title'),
      field('unit', 'unit'),
      field('units', 'units'),
      field('from', 'day'),
      field('until', 'day'),
      field('objections_by', 'day'),
      ...WEIGHTS.map((name) => maybe(`weight_${name}`, 'number')),
    ],
    object: [field('unit', 'unit'), field('words', 'words')],
    settle: [field('unit', 'unit'), maybe('points', 'points'), field('reason', 'short')],
    publish: [],
    withdraw: [field('reason', 'short')],
  },
};

/** What was typed into the controls of a step, by the control's name. */
export type Typed = Record<string, string | string[] | boolean>;

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** Yuan as typed, in cents; not a number where it cannot be one. */
export function cents(yuan: string): number {
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(yuan.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : NaN;
}

/** The value of one field as the interface takes it; `undefined` where nothing was given. */
export function valueOf(field: Field, typed: Typed): unknown {
  const given = typed[field.name];
  const text = typeof given === 'string' ? given.trim() : '';
  const list = Array.isArray(given) ? given : [];
  switch (field.as) {
    case 'title':
    case 'summary': {
      const en = typed[`${field.name}.en`];
      return text
        ? { zh: text, en: typeof en === 'string' && en.trim() ? en : undefined }
        : undefined;
    }
    case 'titles':
      return text ? lines(text).map((zh) => ({ zh })) : undefined;
    case 'parties':
      return text ? lines(text).map((name) => ({ name })) : undefined;
    case 'cases':
      return text ? text.split(/[\s,，、]+/).filter(Boolean) : undefined;
    case 'number':
      return text ? Number(text) : undefined;
    case 'cents':
    case 'points':
      return text ? cents(text) : undefined;
    case 'numbers':
      return text
        ? text
            .split(/[\s,，、]+/)
            .filter(Boolean)
            .map(Number)
        : undefined;
    case 'instant':
      return text ? new Date(text).toISOString() : undefined;
    case 'yes':
      return typed[field.name] === undefined ? undefined : typed[field.name] === true;
    case 'areas':
    case 'units':
    case 'categories':
      return list.length ? list : undefined;
    default:
      return text || undefined;
  }
}

/** The names of fields that must be given and are not, or cannot be read. */
export function missing(fields: Field[], typed: Typed): string[] {
  return fields
    .filter((field) => {
      const value = valueOf(field, typed);
      if (value === undefined) return !field.optional;
      return Array.isArray(value) ? value.some(Number.isNaN) : Number.isNaN(value);
    })
    .map((field) => field.name);
}

/** The step as the interface takes it: `{dispute: {hold_session: {…}}}`. */
export function stepBody(kind: DossierKind, step: string, typed: Typed): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of STEPS[kind][step] ?? []) {
    const value = valueOf(field, typed);
    if (value !== undefined) body[field.name] = value;
  }
  if (kind === 'topic' && step === 'open') {
    const { categories, areas, cases, ...rest } = body;
    return { topic: { open: { ...rest, scope: { categories, areas, cases } } } };
  }
  if (kind === 'appraisal' && step === 'draw_up') {
    const weights = WEIGHTS.map((name) => [name, body[`weight_${name}`] ?? 0] as const);
    const given = WEIGHTS.some((name) => body[`weight_${name}`] !== undefined);
    for (const name of WEIGHTS) delete body[`weight_${name}`];
    // Without any, the usual weights hold.
    if (given) body['weights'] = Object.fromEntries(weights);
  }
  return { [kind]: { [step]: body } };
}

/** The field of a step that a refusal speaks of: `dispute.agree.on`, `title.zh`, `scope.areas[0]`. */
export function faultyField(kind: DossierKind, step: string, path: string | null): string | null {
  if (!path) return null;
  const own = path
    .replace(`${kind}.${step}.`, '')
    .replace(/^scope\./, '')
    .replace(/^weights(\.|$)/, 'weight_')
    .replace(/^weight_$/, 'weight_response');
  const name = /^[a-z_]+/.exec(own)?.[0] ?? null;
  return STEPS[kind][step]?.some((field) => field.name === name) ? name : null;
}
