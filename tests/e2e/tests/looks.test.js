// Every page, in both languages, light and dark, on a desk and a phone: nothing
// that axe-core finds, nothing that sticks out, no complaint of the browser. The
// pictures are for people to look at.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
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
import { LANGUAGES, lookAt } from '../lib/looks.js';
import { person } from '../lib/people.js';
import { caseAt, lightingUnit } from '../lib/town.js';

useBrowser();
afterEach(closePages);

let open;
let closed;
before(async () => {
  open = await caseAt('submitted', '巷口的路灯三天没有亮了，晚上很黑，老人出门不方便。');
  closed = await caseAt('closed');
});

/** Pages by name: who looks, and at what. */
const residents = () => [
  ['welcome', '/'],
  ['sign-in', '/sign-in'],
  ['report-place', '/report'],
  ['report-what', '/report?step=what'],
  ['report-details', '/report?step=details'],
  ['report-who', '/report?step=who'],
  ['report-check', '/report?step=check'],
  ['follow', '/follow'],
  ['follow-closed', `/follow/${closed.code}`],
  ['near', '/near'],
  ['not-found', '/no/such/page'],
];
const staff = () => [
  ['desk', `/desk?case=${open.id}`],
  ['desk-map', '/desk?view=map'],
  ['desk-empty', '/desk?q=nothing+of+the+kind'],
  ['boards', '/boards?formula=resolution'],
  ['boards-open', '/boards?formula=response&open=left_out&every=month&group=area'],
  ['boards-empty', '/boards?until=2001-01-01'],
  ['hotline', '/hotline'],
  ['upload', '/upload'],
  ['case-submitted', `/cases/${open.id}`],
  ['case-closed', `/cases/${closed.id}`],
];

const tall = (what) => !what.startsWith('desk');

for (const look of LANGUAGES) {
  test(`pages of residents are in order: ${look.lang}`, async () => {
    const page = await lookAt(look, residents());
    const said = await page.evaluate(() => document.documentElement.lang);
    assert.equal(said, { zh: 'zh-CN', en: 'en' }[look.lang]);
  });
  test(`pages of staff are in order: ${look.lang}`, async () => {
    await lookAt({ ...look, as: person('operator') }, staff(), { tall });
  });
}

test('the largest type fits a phone, with targets of at least 60 px for the main steps', async () => {
  const page = await openPage({ size: PHONE });
  await page.goto('/');
  await page.getByRole('radio', { name: '特大字' }).check();
  for (const [what, address] of residents().slice(0, 8)) {
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
