// The pages of residents, units, grid workers, stewards and administrators, as those of the
// desk are looked at; and how pages are made to suit a reader.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { lookAt } from '../lib/looks.js';
import { ADMIN_PAGES, patrolPages, residentPages, stewardPages, unitPages } from '../lib/pages.js';
import { person } from '../lib/people.js';

useBrowser();
afterEach(closePages);

test('pages of residents are in order', async () => {
  await lookAt({}, await residentPages());
});

test('pages of units and grid workers are in order', async () => {
  const unit = await unitPages();
  await lookAt({ as: unit.as }, unit.pages);
  const { as, at, pages } = await patrolPages();
  await lookAt({ as, at }, pages);
});

test('pages of stewards and administrators are in order', async () => {
  const pages = await stewardPages();
  const steward = await lookAt({ as: person('steward') }, pages);
  await steward.goto('/city');
  const admin = await lookAt({ as: person('admin') }, ADMIN_PAGES, { tall: () => false });
  const sections = new Set();
  for (const page of [steward, admin]) {
    const links = await page.locator('nav a[href^="/city/"]').all();
    for (const link of links) sections.add(await link.getAttribute('href'));
  }
  assert.ok(sections.size > 10, 'the list of settings is read');
  const seen = [...pages, ...ADMIN_PAGES].map(([, address]) => address.split('?')[0]);
  const missing = [...sections].filter((section) => !seen.includes(section));
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
