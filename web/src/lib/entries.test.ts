import { expect, test } from 'vitest';
import type { User } from './api/types';
import { entries } from './entries';
import { routeOf } from './routes';

const roles: User['role'][] = [
  'operator',
  'unit',
  'verifier',
  'leader',
  'steward',
  'auditor',
  'admin',
  'partner',
  'contributor',
];
const of = (role: User['role'], unit: string | null = null) => ({ role, unit }) as User;
const readers = [null, ...roles.map((role) => of(role)), of('verifier', 'street')];
const heads = (user: User | null) =>
  entries(user)
    .filter((one) => one.head)
    .map((one) => one.path);

test('every entry leads to a page, by a key of its own', () => {
  for (const user of readers) {
    const all = entries(user);
    const keys = all.flatMap((one) => one.key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    for (const one of all) expect(routeOf(one.path).name, one.path).not.toBe('not-found');
  }
});

test('residents are led to no page for staff, and first to what they come for', () => {
  expect(entries(null).some((one) => routeOf(one.path).staff)).toBe(false);
  expect(heads(null)).toEqual(['/report', '/follow', '/near', '/together', '/warnings/now']);
  expect(heads(of('contributor'))).toEqual(heads(null));
});

test('each role is led to what is its own', () => {
  expect(heads(of('verifier', 'street'))[0]).toBe('/patrol');
  expect(heads(of('operator'))).toContain('/hotline');
  expect(heads(of('unit', 'water'))).toContain('/queue');
  expect(heads(of('steward'))).toContain('/city');
  expect(heads(of('partner'))).not.toContain('/alerts');
});
