// The pages of the desk, in both languages, light and dark, on a desk and a phone: nothing
// that axe-core finds, nothing that sticks out, no complaint of the browser. The
// pictures are for people to look at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, picture, settled, useBrowser } from '../lib/browser.js';
import { lookAt } from '../lib/looks.js';
import {
  ADMIN_PAGES,
  deskPages,
  patrolPages,
  residentPages,
  stewardPages,
  unitPages,
} from '../lib/pages.js';
import { person } from '../lib/people.js';
import { lightingUnit } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('pages of the desk are in order', async () => {
  const tall = (what) => !/^(desk|wall)/.test(what);
  await lookAt({ as: person('operator') }, await deskPages(), { tall });
});

test('each page is looked at', async () => {
  const lists = [
    await residentPages(),
    await deskPages(),
    (await unitPages()).pages,
    (await patrolPages()).pages,
    await stewardPages(),
    ADMIN_PAGES,
  ];
  const seen = lists.flat().map(([, address]) => address.split('?')[0]);
  const routes = readFileSync(new URL('../../../web/src/lib/routes.ts', import.meta.url), 'utf8');
  const patterns = [...routes.matchAll(/\(\s*'([a-z-]+)',\s*\/(\^.+\$)\/,/g)];
  assert.ok(patterns.length > 25, 'the list of pages is read');
  const looked = (path) => seen.some((address) => new RegExp(path).test(address));
  const missed = patterns.filter(([, , path]) => !looked(path)).map(([, name]) => name);
  assert.deepEqual(missed, []);
});

test('a unit sees its own cases and only what it can do', async () => {
  const { staff: crew, code } = await lightingUnit();
  const page = await openPage({ as: crew, lang: 'en', size: DESK });
  await page.goto('/desk');
  await settled(page);
  assert.equal(await page.getByRole('combobox', { name: 'Unit' }).count(), 0);
  const { units } = await (await page.context().request.get('/api/v1/city')).json();
  const own = units.find((unit) => unit.code === code).name.en;
  for (const row of await page.locator('[data-case]').allTextContents())
    assert.ok(row.includes(own));
  await picture(page, 'desk-unit');
});
