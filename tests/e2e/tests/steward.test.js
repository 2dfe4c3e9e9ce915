// A steward's forms for the city itself, and all settings in large type on a telephone.
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
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a steward changes name and working hours on a form, sees what changes, and sets it back', async () => {
  const steward = await signedIn(person('steward'));
  const { value: before } = await steward.get('/api/v1/city/settings');
  const page = await openPage({ as: person('steward') });
  await page.goto('/city/city');
  await page.getByLabel('英文名称').fill('Yunling by the sea');
  await page.locator('#value-calendar-hours-close').fill('17:00');
  await page.getByRole('button', { name: '加一段休息' }).click();
  await page.getByLabel('星期六').selectOption({ label: '另定作息' });
  await page.getByLabel('放假', { exact: true }).fill('2027-02-30');
  await page.getByText('→ 星期六 09:00–17:00').first().waitFor();
  await assertAccessible(page, 'the city being changed');
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.getByRole('link', { name: /有一项不是日期/ }).waitFor();
  await page.getByLabel('放假', { exact: true }).fill('2027-05-04');
  await page.getByLabel('依据').fill('市府办〔2027〕3 号');
  await picture(page, 'settings-city', { fullPage: true });
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.getByRole('status').getByText('已保存').waitFor();
  const { value: after } = await steward.get('/api/v1/city/settings');
  assert.equal(after.name.en, 'Yunling by the sea');
  assert.equal(after.calendar.hours.close, 17 * 60);
  assert.deepEqual(after.calendar.holidays, ['2027-05-04']);
  assert.equal(after.calendar.weekdays.find((one) => one.day === 'sat').hours.length, 1);
  assert.deepEqual(after.limits, before.limits);
  // Undo is one press on the version before.
  await page
    .getByRole('button', { name: /恢复到这一版/ })
    .first()
    .click();
  await page.locator('ol > li').nth(2).waitFor();
  const { value: back } = await steward.get('/api/v1/city/settings');
  assert.deepEqual(back, before);
});

test('a formula is changed on a form, tried on the same period, adopted and set back', async () => {
  const steward = await signedIn(person('steward'));
  const latest = async () => {
    const { formulas } = await steward.get('/api/v1/formulas');
    return formulas.filter((one) => one.code === 'satisfaction').at(-1);
  };
  const before = await latest();
  const page = await openPage({ as: person('steward'), allow: [/status of 422/] });
  await page.goto('/city/formulas');
  await page.getByRole('button', { name: '修改口径：满意率' }).click();
  const met = page.getByRole('group', { name: '其余的，怎样算符合' });
  await met.getByRole('combobox').last().selectOption('rated_at_least_3');
  const preview = page.getByRole('region', { name: '启用前先看' });
  await preview.getByText('the rating was 3 of 5 or better').waitFor();
  const rate = await preview.getByRole('row', { name: /^比率/ }).textContent();
  assert.match(rate, /%.*%.*\+.*个百分点/s, 'more are satisfied by the lower bar');
  // What cannot be counted is said before it is adopted.
  await met.getByRole('button', { name: '删去' }).click();
  await preview.getByText('须写明至少一个条件').waitFor();
  await met.getByRole('button', { name: '加一个条件' }).click();
  await met.getByRole('combobox').last().selectOption('rated_at_least_3');
  await preview.getByText('须写明至少一个条件').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: '启用这一版' }).click();
  await page.getByRole('link', { name: /请填写/ }).waitFor();
  await page.getByLabel('为什么要有这一版').fill('市府办〔2026〕12 号');
  await assertAccessible(page, 'a formula being changed');
  await picture(page, 'settings-formula', { fullPage: true });
  await page.getByRole('button', { name: '启用这一版' }).click();
  await page.getByText(`满意率第 ${before.version + 1} 版已启用`).waitFor();
  const adopted = await latest();
  assert.deepEqual(adopted.met, { all: ['rated_at_least_3'], none: [] });
  assert.deepEqual(adopted.exclusions, before.exclusions);
  await page.getByRole('button', { name: '撤回，恢复上一版' }).click();
  await page.getByText(`满意率第 ${before.version + 2} 版已启用`).waitFor();
  const back = await latest();
  assert.deepEqual([back.met, back.words], [before.met, before.words]);

  // One that was not there before is taken back too: boards no longer offer it.
  const code = `rated-${Date.now()}`;
  await page.getByRole('button', { name: '新增指标' }).click();
  await page.getByLabel('代码', { exact: true }).fill(code);
  await page.locator('#name-zh').fill('评价率');
  await page.locator('#name-en').fill('Rated');
  await met.getByRole('combobox').last().selectOption('rated');
  await page.getByLabel('为什么要有这一版').fill('试行');
  await page.getByRole('button', { name: '启用这一版' }).click();
  await page.getByRole('button', { name: '撤回新增' }).click();
  await page.getByText('“评价率”已停用').waitFor();
  await picture(page, 'settings-formula-retired', { fullPage: true });
  await page.goto('/boards');
  const figure = page.getByRole('combobox', { name: '指标' });
  await figure.waitFor();
  assert.equal(await figure.locator(`option[value="${code}"]`).count(), 0);
  await page.goto('/city/formulas');
  await page.getByRole('button', { name: '重新启用：评价率' }).click();
  await page.getByText('评价率第 3 版已启用').waitFor();
  await page.getByRole('button', { name: '停用：评价率' }).waitFor();
});

test('all settings fit a telephone in the largest type', async () => {
  const page = await openPage({ as: person('steward'), lang: 'en', size: PHONE });
  await page.goto('/city/city');
  for (let press = 0; press < 2; press++) await page.locator('.comfort').click();
  await page.waitForFunction(() => document.documentElement.dataset.comfort === 'largest');
  const sections = [
    'city',
    'units',
    'categories',
    'limits',
    'automatic',
    'areas',
    'authority',
    'calendar',
    'formulas',
    'webhooks',
  ];
  for (const section of sections) {
    await page.goto(`/city/${section}`);
    await settled(page);
    await assertNoOverflow(page, `${section} in the largest type`);
    await assertAccessible(page, `${section} in the largest type`);
  }
  await page.goto('/city/city');
  await settled(page);
  await picture(page, 'settings-city-largest');
});

test('who keeps accounts sees what one was, and who keeps areas what one was', async () => {
  const page = await openPage({ as: person('admin'), lang: 'en' });
  await page.goto('/city/accounts?find=auditor');
  await page.getByRole('button', { name: 'Changes so far auditor' }).click();
  const past = page.getByRole('region', { name: /^Changes so far/ });
  await past.getByText('first set').waitFor();
  await page.getByRole('button', { name: 'Disable auditor' }).click();
  await past.getByText('can sign in → disabled').waitFor();
  await picture(page, 'settings-account-history', { fullPage: true });
  await page.getByRole('button', { name: 'Enable auditor' }).click();
  await past.getByText('disabled → can sign in').waitFor();

  const steward = await openPage({ as: person('steward') });
  await steward.goto('/city/areas');
  await steward.locator('summary', { hasText: '区域' }).click();
  await steward
    .getByRole('button', { name: /^历次修改/ })
    .first()
    .click();
  await steward.getByText('首次设定').first().waitFor();
  await picture(steward, 'settings-area-history');
  await assertAccessible(steward, 'what an area was');
});
