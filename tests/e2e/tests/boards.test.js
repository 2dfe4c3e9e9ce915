// Boards: a figure opens to the cases behind it, and the address says everything.
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
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt } from '../lib/town.js';

useBrowser();
afterEach(closePages);
before(() => caseAt('closed'));

const digits = (text) => Number(text.replace(/[^0-9]/g, ''));

test('a number opens to the cases that it counts, and to those left out with the reason', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en' });
  await page.goto('/boards?formula=resolution');
  const total = page.getByRole('region', { name: 'Resolution' });
  const all = total.getByRole('link', { name: /^Total: All/ });
  await all.waitFor();
  const counted = digits(await total.getByRole('link', { name: /^Total: Met/ }).textContent());
  assert.ok(counted > 0);
  // What the board is about stands on paper, where the controls are not.
  await page.emulateMedia({ media: 'print' });
  await page.getByText(/^Yunling · All time · \d+ \w+ \d{4}/).waitFor();
  await page.emulateMedia({ media: null });
  await total.getByRole('link', { name: /^Total: Left out/ }).click();
  await page.waitForURL(/open=left_out/);
  await page.getByRole('heading', { name: 'Resolution · Left out' }).waitFor();
  const first = page.locator('section', { hasText: 'Resolution · Left out' }).locator('li').first();
  await first.getByText(/nobody|declined|not taken on|did not say|reached nobody/).waitFor();
  await picture(page, 'boards-left-out');
  await assertAccessible(page, 'boards-left-out');
  // Back undoes.
  await page.goBack();
  await page.getByRole('heading', { name: 'Resolution · Left out' }).waitFor({ state: 'detached' });
  // A case behind the figure is one click away.
  await total.getByRole('link', { name: /^Total: Met/ }).click();
  const link = page.locator('ol li a').first();
  const id = await link.textContent();
  await link.click();
  await page.getByRole('heading', { name: new RegExp(id) }).waitFor();
});

test('the address is the state of a board, and each part of it drills down', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en' });
  await page.goto('/boards');
  await page.getByLabel('Figure').selectOption({ label: 'Given back' });
  await page.waitForURL(/formula=return/);
  await page.getByRole('link', { name: 'By category' }).click();
  await page.waitForURL(/group=category/);
  await page.getByRole('link', { name: 'By month' }).click();
  await page.waitForURL(/every=month/);
  const row = page.locator('section', { hasText: 'Ranking' }).locator('tbody tr').first();
  const name = await row.getByRole('rowheader').textContent();
  await row.getByRole('link', { name: /^Only / }).click();
  await page.waitForURL(/category=/);
  assert.ok(
    (await page.getByLabel('Category').locator('option:checked').textContent()).includes(
      name.trim(),
    ),
  );
  await page.getByText('As a table').click();
  await page.getByRole('columnheader', { name: '95% interval' }).last().waitFor();
  const address = page.url();
  const other = await openPage({ as: person('leader'), lang: 'zh', dark: true });
  await other.goto(address);
  await other.getByRole('region', { name: '退单率' }).waitFor();
  await picture(other, 'boards-drilled');
});

test('the same period is counted by another formula beside it', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en' });
  await page.goto('/boards?formula=resolution&compare=not_solved.1');
  const total = page.getByRole('region', { name: 'Resolution' });
  await total.getByText(/Closed, then “not solved” \(version 1\)/).waitFor();
  await page.getByRole('columnheader', { name: 'Beside' }).first().waitFor();
  await total.getByText('How it is counted').click();
  await total
    .getByText(/Counts each turn at a unit that was closed in the period/)
    .first()
    .waitFor();
  await picture(page, 'boards-beside');
});

test('a board is taken away as a table', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en', size: DESK });
  await page.goto('/boards?formula=on_time&group=area');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'XLSX' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'yiwang-figures-on_time.1.xlsx');
});

test('when the server cannot be reached the board says how old it is', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en', allow: [/Failed to load|ERR_/] });
  await page.goto('/boards');
  await page.getByRole('region', { name: 'Response' }).waitFor();
  await page.route('**/api/v1/figures?**', (route) => route.abort());
  await page.getByRole('link', { name: 'By area' }).click();
  await page.getByText(/the server cannot be reached, trying again/).waitFor();
  await page.unroute('**/api/v1/figures?**');
  await page.getByText(/the server cannot be reached, trying again/).waitFor({ state: 'detached' });
});

test('how units check in opens to the calls, and how long handling takes has a middle', async () => {
  const page = await openPage({ as: person('leader'), lang: 'zh' });
  await page.goto('/boards');
  const figure = page.locator('label', { hasText: '指标' }).locator('select').first();
  await figure.selectOption({ label: '报到率' });
  await page.waitForURL(/formula=check_in/);
  const total = page.getByRole('region', { name: '报到率' });
  await total.getByRole('link', { name: /剔除/ }).first().click();
  await page.waitForURL(/open=left_out/);
  const call = page.locator('ol li').first();
  await call.getByRole('link', { name: /^W\d+$/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: '按分类' }).count(), 0);
  await picture(page, 'boards-check-in');
  await assertAccessible(page, 'boards-check-in');
  await figure.selectOption({ label: '办理时长' });
  await page.waitForURL(/formula=handling_time/);
  await page.getByRole('columnheader', { name: '九成分位' }).first().waitFor();
  await page.getByRole('link', { name: '按层级' }).click();
  await page.waitForURL(/group=tier/);
  await page.getByRole('rowheader', { name: '街道' }).waitFor();
  await picture(page, 'boards-handling-time');
  const small = await openPage({ as: person('leader'), lang: 'en', dark: true, size: PHONE });
  await small.goto('/boards?formula=handling_time&group=tier');
  await small.getByRole('columnheader', { name: '90th percentile' }).first().waitFor();
  await assertAccessible(small, 'boards-handling-time-dark');
  await assertNoOverflow(small, 'boards-handling-time on a telephone');
  await picture(small, 'boards-handling-time-phone', { fullPage: true });
});
