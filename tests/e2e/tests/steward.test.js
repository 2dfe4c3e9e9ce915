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
