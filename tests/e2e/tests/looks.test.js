// The pages of the desk, in both languages, light and dark, on a desk and a phone: nothing
// that axe-core finds, nothing that sticks out, no complaint of the browser. The
// pictures are for people to look at.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, picture, settled, useBrowser } from '../lib/browser.js';
import { lookAt } from '../lib/looks.js';
import { deskPages } from '../lib/pages.js';
import { person } from '../lib/people.js';
import { lightingUnit } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('pages of the desk are in order', async () => {
  const tall = (what) => !/^(desk|wall)/.test(what);
  await lookAt({ as: person('operator') }, await deskPages(), { tall });
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
