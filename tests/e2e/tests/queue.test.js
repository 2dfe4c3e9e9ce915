// A unit's queue: what waits, many at once, and what became of each.
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
import { person } from '../lib/people.js';
import { photo } from '../lib/photo.js';
import { caseAt, lightingUnit, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const row = (page, id) => page.locator(`[data-case="${id}"]`);
const results = (page) => page.locator('section', { has: page.locator('#results-title') });

test('a unit accepts and reports many cases, and is told of each what became of it', async () => {
  const unit = await lightingUnit();
  const words = `路灯成排不亮 ${Date.now() % 100_000}`;
  const first = await caseAt('dispatched', words);
  const second = await caseAt('dispatched', words);
  const page = await openPage({ as: unit.staff, allow: [/ERR_FAILED/] });
  await page.goto(`/queue?q=${encodeURIComponent(words)}`);
  await row(page, second.id).waitFor();

  // What is dispatched now is told of at once, and does not push the others away.
  const third = await caseAt('dispatched', words);
  await page.getByRole('button', { name: '有 1 件新到' }).click();
  await row(page, third.id).waitFor();

  // With the keyboard: the first, and with Shift all up to the last.
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await page.getByText('已选 3 件').waitFor();
  // One of them is begun elsewhere meanwhile; the rest is done all the same.
  const staff = await signedIn(unit.staff);
  let elsewhere = true;
  await page.route('**/api/v1/cases/batch', async (route) => {
    if (elsewhere) await staff.act(second.id, 'start', {});
    elsewhere = false;
    await route.continue();
  });
  // What was pressed by mistake is taken back before it is sent.
  await page.getByRole('button', { name: /^开始处置/ }).click();
  await page.getByText('即将开始处置 3 件').waitFor();
  await page.keyboard.press('z');
  await page.getByRole('button', { name: /^开始处置/ }).click();
  await page.getByRole('button', { name: '立即办理' }).click();
  await page.getByRole('heading', { name: '开始处置：2 件已办，1 件未办成' }).waitFor();
  await results(page).getByText('案卷已被他人改动').waitFor();
  await assertAccessible(page, 'results');
  await picture(page, 'queue-results');
  await page.getByRole('button', { name: '再试未办成的 1 件' }).click();
  await results(page)
    .getByText(/未办成.*不能开始处置/)
    .waitFor();
  // Whoever is on another page is told there, and finds it when coming back.
  await page.getByRole('link', { name: '看板', exact: true }).click();
  await page.getByRole('link', { name: /待办.*有 1 件未办成/s }).waitFor();
  await page.goBack();
  await results(page)
    .getByText(/未办成.*不能开始处置/)
    .waitFor();
  await page.getByRole('button', { name: '知道了' }).click();

  await page.unroute('**/api/v1/cases/batch');

  // A report for all, with one photo; what was typed outlives a lost connection.
  await page.getByRole('link', { name: /^在办/ }).click();
  await row(page, third.id).waitFor();
  await page.keyboard.press('*');
  await page.getByRole('button', { name: /^反馈/ }).click();
  const form = page.locator('form', { has: page.locator('#bulk-note') });
  await form.getByRole('button', { name: '反馈 3 件' }).click();
  await form.getByRole('link', { name: '请写明情况' }).waitFor();
  await form.getByLabel('办理情况').fill('换了整排灯头，已试亮。');
  await page.locator('#photos').setInputFiles(photo(120));
  await form.getByRole('img').waitFor();
  await page.route('**/api/v1/cases/batch', (route) => route.abort());
  await form.getByRole('button', { name: '反馈 3 件' }).click();
  await page.getByRole('button', { name: '立即办理' }).click();
  await page.getByRole('heading', { name: '反馈：0 件已办，3 件未办成' }).waitFor();
  assert.equal(await form.getByLabel('办理情况').inputValue(), '换了整排灯头，已试亮。');
  await assertAccessible(page, 'form');
  await picture(page, 'queue-form', { fullPage: true });
  await page.unroute('**/api/v1/cases/batch');
  await page.getByRole('button', { name: '再试未办成的 3 件' }).click();
  await page.getByRole('heading', { name: '反馈：3 件已办' }).waitFor();
  for (const { id } of [first, second, third]) {
    const file = await staff.get(`/api/v1/cases/${id}`);
    assert.equal(file.stage, 'reported');
    assert.equal(file.files.length, 1, 'the photo stands beside it once');
  }
  // Nothing of these waits any more.
  await page.getByRole('heading', { name: '没有符合条件的待办' }).waitFor();
});

test('the queue reads well in both languages, light and dark, and on a telephone', async () => {
  const unit = await lightingUnit();
  await caseAt('dispatched');
  const allow = [];
  for (const [lang, dark, size] of [
    ['zh', false, undefined],
    ['en', true, PHONE],
  ]) {
    const page = await openPage({ as: unit.staff, lang, dark, allow, ...(size ? { size } : {}) });
    await page.goto('/queue');
    await settled(page);
    await page.locator('[data-case]').first().waitFor();
    await page.locator('[data-case] input').first().check();
    await assertAccessible(page, `queue ${lang}`);
    await assertNoOverflow(page, `queue ${lang}`);
    await picture(page, `queue-${lang}${size ? '-phone' : ''}`);
  }
  // Who belongs to no unit says whose queue it is.
  const leader = await openPage({ as: person('leader'), lang: 'en', size: PHONE });
  await leader.goto('/queue');
  await leader.getByText('A queue is the queue of a unit.').waitFor();
  await leader.getByLabel('Unit').selectOption(unit.code);
  await leader.locator('[data-case]').first().waitFor();
  await leader.goto(`/queue?unit=${unit.code}&part=whistles`);
  await settled(leader);
  await leader.getByRole('heading', { name: 'No whistle waits' }).waitFor();
  await assertAccessible(leader, 'empty');
});
