import { expect, test } from 'vitest';
import { Problem } from './api/problem';
import { controlOf, faultOf } from './fault';
import { i18n } from './i18n/index.svelte';

test('the control of a field has an id that a label can name', () => {
  expect(controlOf('value.duties[3]')).toBe('value-duties-3-');
});

test('a refusal is told in the words of the server, with what it found and allows', () => {
  const problem = new Problem(422, { detail: 'No such unit', found: 'pwd', allowed: ['a', 'b'] });
  expect(faultOf(problem)).toEqual({ id: null, message: 'No such unit · pwd (a, b)' });
});

test('where the server cannot be reached, that is said, not what the browser calls it', () => {
  const { message } = faultOf(new TypeError('Failed to fetch'));
  expect(message).toBe(i18n.t.common.notSent);
});
