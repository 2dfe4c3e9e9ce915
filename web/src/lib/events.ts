import type { TimelineEntry } from './api/types';
import { i18n } from './i18n/index.svelte';
import { names } from './names';
import { dateTime } from './time';

/** Who caused an entry: `user:li.na`, `resident`, `import:boston311`, `system:…`. */
export function who(by: string): string {
  const t = i18n.t.who;
  const [kind, name = ''] = by.split(/:(.*)/s);
  switch (kind) {
    case 'resident':
      return t.resident;
    case 'user':
      return name;
    case 'import':
      return t.import(name);
    case 'system':
      return t.system(name);
    default:
      return by;
  }
}

/** What an event is called. */
export function eventName(event: string): string {
  const words = i18n.t.events as Record<string, string>;
  return words[event] ?? names.event(event);
}

/** An event's particulars in words: to which unit, until when, passed or not. */
export function particulars(entry: Pick<TimelineEntry, 'event' | 'data'>): string[] {
  const t = i18n.t.particulars;
  const life = i18n.t.life.particulars;
  const inner = entry.data[entry.event];
  const data = (typeof inner === 'object' && inner !== null ? inner : entry.data) as Record<
    string,
    unknown
  >;
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : null);
  const list = (key: string) =>
    Array.isArray(data[key]) ? data[key].filter((one) => typeof one === 'string') : [];
  const found: string[] = [];
  const unit = text('unit');
  if (unit)
    found.push(entry.event === 'dispatched' ? t.toUnit(names.unit(unit)) : names.unit(unit));
  const assisting = list('assisting');
  if (assisting.length) found.push(t.assisting(assisting.map(names.unit).join(t.and)));
  if (data['backstop'] === true) found.push(t.backstop);
  if (data['first_receiver'] === true) found.push(t.firstReceiver);
  if (data['outside_duty'] === true) found.push(t.outsideDuty);
  const category = text('category');
  if (category) found.push(names.category(category));
  const area = text('area');
  if (area) found.push(names.area(area));
  const reason = text('reason');
  if (reason) {
    const of = { returned: names.returnReason, shelved: names.shelveReason }[entry.event as string];
    found.push((of ?? names.declineReason)(reason));
  }
  const responsible = text('responsible');
  if (responsible) found.push(t.responsible(names.unit(responsible)));
  if (entry.event === 'verified') found.push(data['pass'] === true ? t.passed : t.failed);
  if (data['unverified'] === true) found.push(t.unverified);
  if (entry.event === 'called_back') {
    found.push(data['reached'] === true ? t.reached : t.notReached);
    if (typeof data['solved'] === 'boolean') found.push(data['solved'] ? t.solved : t.notSolved);
    if (typeof data['satisfaction'] === 'number') found.push(t.satisfaction(data['satisfaction']));
  }
  const limits: [string, (at: string) => string][] = [
    ['accept_by', t.acceptBy],
    ['dispatch_by', t.dispatchBy],
    ['respond_by', t.respondBy],
    ['resolve_by', t.resolveBy],
    ['verify_by', t.verifyBy],
    ['from', life.from],
    ['review_by', life.reviewBy],
    ['answer_by', life.answerBy],
    ['due_at', life.dueAt],
  ];
  for (const [key, say] of limits) {
    const at = text(key);
    if (at) found.push(say(dateTime(at)));
  }
  const level = text('level');
  if (level) found.push(names.supervisionLevel(level));
  const by = text('by');
  if (by && entry.event !== 'verified') found.push(life.by(names.unit(by)));
  if (typeof data['score'] === 'number') found.push(life.score(data['score']));
  if (typeof data['bytes'] === 'number') found.push(life.bytes(Math.ceil(data['bytes'] / 1024)));
  if (data['own'] === true) found.push(life.ownFile);
  else if (data['for_resident'] === true) found.push(life.shownFile);
  return found;
}
