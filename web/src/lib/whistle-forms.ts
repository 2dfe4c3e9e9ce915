import type { Point, WhistleBodies, WhistleCommand, WhistleFile } from './api/types';

/** What can be typed into a form about a whistle. */
export type WhistleInput = {
  person: string;
  phone: string;
  address: string;
  point: Point | null;
  note: string;
  reason: string;
  unit: string;
  responsible: string;
  milestone: string;
  minutes: string;
  score: string;
  ground: string;
};

export type WhistleField = keyof WhistleInput;

/** The fields of each form in order; those with a star must be filled. */
export const FIELDS: Record<WhistleCommand, (WhistleField | `${WhistleField}*`)[]> = {
  check_in: ['person*', 'phone', 'address', 'note'],
  refuse: ['reason*', 'responsible'],
  reach: ['milestone*', 'note'],
  reopen: ['milestone*', 'reason*'],
  call_unit: ['unit*', 'minutes', 'reason'],
  confirm: ['note'],
  score: ['unit*', 'score*', 'note'],
  close: ['reason'],
  withdraw: ['reason*'],
  erase: ['ground*'],
};

export const emptyInput = (person = ''): WhistleInput => ({
  person,
  phone: '',
  address: '',
  point: null,
  note: '',
  reason: '',
  unit: '',
  responsible: '',
  milestone: '',
  minutes: '',
  score: '',
  ground: '',
});

/** Fields that must be filled before it is worth sending. */
export function lacking(
  action: WhistleCommand,
  input: WhistleInput,
  whistle: WhistleFile,
): WhistleField[] {
  const needed = FIELDS[action].filter((field) => field.endsWith('*'));
  const names = needed.map((field) => field.slice(0, -1) as WhistleField);
  const empty = names.filter((name) => !String(input[name] ?? '').trim());
  if (action === 'check_in' && !input.point && !input.address.trim()) empty.push('address');
  if (action === 'score' && ['1', '2'].includes(input.score) && !input.note.trim()) {
    empty.push('note');
  }
  const refused = whistle.calls.findLast((call) => call.unit === input.unit)?.attendance;
  if (action === 'call_unit' && refused === 'refused' && !input.reason.trim()) {
    empty.push('reason');
  }
  if (action === 'close' && leftOpen(whistle) && !input.reason.trim()) empty.push('reason');
  return empty;
}

/** Whether closing leaves something open, and so needs a reason. */
export function leftOpen(whistle: WhistleFile): boolean {
  return (
    whistle.stage !== 'confirmed' ||
    whistle.calls.some((call) => call.attendance === 'waiting' || call.attendance === 'overdue') ||
    whistle.milestones.some((milestone) => !milestone.reached_at)
  );
}

/** The body of the call that a form makes. */
export function whistleBody(
  action: WhistleCommand,
  input: WhistleInput,
): WhistleBodies[WhistleCommand] {
  const text = (value: string) => value.trim() || undefined;
  switch (action) {
    case 'check_in':
      return {
        person: input.person.trim(),
        phone: text(input.phone),
        place: {
          ...(text(input.address) ? { address: text(input.address) } : {}),
          ...(input.point ? { point: input.point } : {}),
        },
        note: text(input.note),
      };
    case 'refuse':
      return { reason: input.reason.trim(), responsible: text(input.responsible) };
    case 'reach':
      return { milestone: Number(input.milestone), note: text(input.note) };
    case 'reopen':
      return { milestone: Number(input.milestone), reason: input.reason.trim() };
    case 'call_unit':
      return {
        unit: input.unit,
        reason: text(input.reason),
        ...(text(input.minutes) ? { within_minutes: Number(input.minutes) } : {}),
      };
    case 'confirm':
      return { note: text(input.note) };
    case 'score':
      return { unit: input.unit, score: Number(input.score), note: text(input.note) };
    case 'close':
      return { reason: text(input.reason) };
    case 'withdraw':
      return { reason: input.reason.trim() };
    case 'erase':
      return { ground: input.ground.trim() };
  }
}
