import { Problem } from './api/problem';
import { i18n } from './i18n/index.svelte';
import { office } from './session.svelte';

/** What is wrong with a field, under the id of its control; no id for the form as a whole. */
export type Fault = { id: string | null; message: string };

/** The id of the control of a field, `value.limits.desk.accept.amount`. */
export const controlOf = (field: string): string => field.replace(/[^a-z0-9]+/gi, '-');

/** Why something was not done, in one sentence: the server's own, if it answered. */
export const whyNot = (problem: Problem): string =>
  problem.unreachable
    ? i18n.t.common.notSent
    : problem.detail || problem.title || i18n.t.common.failed;

/** A refusal as a fault of the form: at its control where the server names one. */
export function faultOf(error: unknown): Fault {
  const problem = Problem.of(error);
  office.noticed(problem);
  const changed = problem.status === 412;
  const found = changed ? whoAndWhen(problem.found ?? '') : problem.found;
  const parts = [whyNot(problem), found].filter(Boolean);
  const allowed = !changed && problem.allowed.length > 0 && problem.allowed.length <= 12;
  const message = parts.join(' · ') + (allowed ? ` (${problem.allowed.join(', ')})` : '');
  const id = problem.field ? controlOf(problem.field) : null;
  return { id: id && document.getElementById(id) ? id : null, message };
}

/** `user:li.na 2026-01-31T08:00:00Z`, as the server names who was quicker, for readers. */
function whoAndWhen(found: string): string {
  const [by = '', at = ''] = found.split(' ');
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return found;
  const shown = new Intl.DateTimeFormat(i18n.tag, { dateStyle: 'medium', timeStyle: 'medium' });
  return `${by.replace(/^(user|system):/, '')}, ${shown.format(time)}`;
}
