import { expect, it } from 'vitest';
import { routeOf } from './routes';

const shape = (path: string) => {
  const { name, staff, param } = routeOf(path);
  return [name, staff, param];
};

it.each([
  ['/', 'welcome', false, ''],
  ['/sign-in', 'sign-in', false, ''],
  ['/report/', 'report', false, ''],
  ['/follow', 'follow', false, ''],
  ['/follow/ABCD-EFGH-JKMN', 'follow', false, 'ABCD-EFGH-JKMN'],
  ['/follow/%E8%AF%8D', 'follow', false, '词'],
  ['/follow/%', 'follow', false, '%'],
  ['/patrol', 'patrol', true, ''],
  ['/near', 'near', false, ''],
  ['/wall', 'wall', true, ''],
  ['/hotline', 'hotline', true, ''],
  ['/upload', 'upload', true, ''],
  ['/together', 'together', false, ''],
  ['/together/D12', 'dossier', false, '12'],
  ['/desk', 'desk', true, ''],
  ['/grid', 'grid', true, ''],
  ['/cases/C12', 'case', true, '12'],
  ['/cases/c12', 'case', true, '12'],
  ['/cases/12', 'case', true, '12'],
  ['/whistles', 'whistles', true, ''],
  ['/whistles/new', 'blow', true, ''],
  ['/whistles/W7', 'whistle', true, '7'],
  ['/alerts', 'alerts', true, ''],
  ['/things', 'things', true, ''],
  ['/things/7', 'thing', true, '7'],
  ['/warnings', 'warnings', true, ''],
  ['/warnings/now', 'warnings-now', false, ''],
  ['/devices', 'devices', true, ''],
  ['/cases/', 'not-found', false, '/cases/'],
  ['/cases/C1/x', 'not-found', false, '/cases/C1/x'],
  ['/Desk', 'not-found', false, '/Desk'],
])('%s is the page %s', (path, name, staff, param) => {
  expect(shape(path)).toEqual([name, staff, param]);
});
