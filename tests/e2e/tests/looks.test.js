// Every page, in both languages, light and dark, on a desk and a phone: nothing
// that axe-core finds, nothing that sticks out, no complaint of the browser. The
// pictures are for people to look at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  DESK,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
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

/** Addresses that were looked at, and sections of the settings that there are. */
const seen = new Set();
const sections = new Set();

async function look(options, pages, more) {
  for (const [, address] of pages) seen.add(address.split('?')[0]);
  return lookAt(options, pages, more);
}

const tall = (what) => !/^(desk|wall)/.test(what);

test('pages of residents are in order', async () => {
  await look({}, await residentPages());
});

test('pages of the desk are in order', async () => {
  await look({ as: person('operator') }, await deskPages(), { tall });
});

test('pages of units and grid workers are in order', async () => {
  const unit = await unitPages();
  await look({ as: unit.as }, unit.pages);
  const { as, at, pages } = await patrolPages();
  await look({ as, at }, pages);
});

test('pages of stewards and administrators are in order', async () => {
  const steward = await look({ as: person('steward') }, await stewardPages());
  await steward.goto('/city');
  const admin = await look({ as: person('admin') }, ADMIN_PAGES, { tall: () => false });
  for (const page of [steward, admin]) {
    const links = await page.locator('nav a[href^="/city/"]').all();
    for (const link of links) sections.add(await link.getAttribute('href'));
  }
});

after(() => {
  const routes = readFileSync(new URL('../../../web/src/lib/routes.ts', import.meta.url), 'utf8');
  const patterns = [...routes.matchAll(/\(\s*'([a-z-]+)',\s*\/(\^.+\$)\/,/g)];
  assert.ok(patterns.length > 25, 'the list of pages is read');
  const looked = (path) => [...seen].some((address) => new RegExp(path).test(address));
  const missed = patterns.filter(([, , path]) => !looked(path)).map(([, name]) => name);
  assert.deepEqual(missed, [], 'each page is looked at');
  assert.ok(sections.size > 10, 'the list of settings is read');
  const missing = [...sections].filter((section) => !seen.has(section));
  assert.deepEqual(missing, [], 'each section of the settings is looked at');
});

test('the largest type fits a phone, with targets of at least 60 px for the main steps', async () => {
  const page = await openPage({ size: PHONE });
  await page.goto('/');
  await page.getByRole('radio', { name: '特大字' }).check();
  for (const [what, address] of (await residentPages()).slice(0, 8)) {
    await page.goto(address);
    await settled(page);
    await picture(page, `${what}-zh-largest-360`, { fullPage: true });
    await assertNoOverflow(page, what);
    await assertAccessible(page, what);
  }
  await page.goto('/report');
  const button = await page.getByRole('button', { name: '下一步' }).boundingBox();
  assert.ok(button.height >= 60, `the button is ${button.height} px high`);
});

test('language, light and dark are one press away, and kept', async () => {
  const page = await openPage({ lang: 'zh' });
  await page.goto('/');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Tell Yunling once' }).waitFor();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  // Colours pass into each other, so the new one is there a moment after the press.
  const otherThan = async (before) => {
    await page.waitForFunction(
      (before) => getComputedStyle(document.body).backgroundColor !== before,
      before,
    );
    return paper();
  };
  const day = await paper();
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  const night = await otherThan(day);
  await page.goto('/follow');
  await page.getByRole('heading', { name: 'Follow a report' }).waitFor();
  assert.equal(await paper(), night);
  await page.getByRole('button', { name: 'Switch to light' }).click();
  await otherThan(night);
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
