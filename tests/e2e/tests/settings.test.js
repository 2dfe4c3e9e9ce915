// The city's settings: a steward changes them while the server runs, sees what
// changed and who did it, and sets an earlier version back.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  closePages,
  openPage,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a duty list is changed, told with its difference, and set back', async () => {
  const steward = await signedIn(person('steward'));
  const { units } = await steward.get('/api/v1/city');
  const unit = units.find((one) => one.duties.length > 1 && one.areas.length === 0) ?? units[0];
  const page = await openPage({ as: person('steward'), lang: 'zh' });
  await page.goto('/city');
  await page.getByRole('heading', { name: '单位与权责清单', level: 1 }).waitFor();
  await page.getByRole('link', { name: unit.name.zh, exact: true }).first().click();
  await page.getByText('与现在一样').waitFor();
  await page.getByLabel('英文名称').fill('Renamed for a test');
  const duty = page.locator('#value-duties input:checked').first();
  await duty.uncheck();
  await page.getByText('这次会改动').waitFor();
  await page.getByLabel('依据').fill('测试文号〔2026〕1号');
  await picture(page, 'settings-unit', { fullPage: true });
  await assertAccessible(page, 'a unit that is being changed');
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.getByRole('status').getByText('已保存').waitFor();
  const after = await steward.get('/api/v1/city');
  const changed = after.units.find((one) => one.code === unit.code);
  assert.equal(changed.name.en, 'Renamed for a test');
  assert.equal(changed.duties.length, unit.duties.length - 1);

  await page.getByText('测试文号〔2026〕1号').first().waitFor();
  await page
    .getByRole('button', { name: /恢复到这一版/ })
    .first()
    .click();
  await page.locator('ol > li').nth(2).waitFor();
  const back = (await steward.get('/api/v1/city')).units.find((one) => one.code === unit.code);
  assert.deepEqual(back, unit);
});

test('who comes second is told who changed it, and what is wrong is said at its field', async () => {
  const steward = await signedIn(person('steward'));
  const page = await openPage({
    as: person('steward'),
    lang: 'en',
    allow: [/status of 412/, /status of 422/],
  });
  await page.goto('/city/limits');
  await settled(page);
  const accept = page.locator('#value-limits-desk-accept-amount');
  await accept.fill('0');
  await page.getByRole('button', { name: 'Save, in force at once' }).click();
  await page
    .getByRole('alert')
    .getByRole('link', { name: /at least 1/ })
    .click();
  await accept.fill('3');
  const now = await steward.get('/api/v1/city/settings');
  const other = structuredClone(now.value);
  other.limits.allowance.questions += 1;
  await steward.put('/api/v1/city/settings', { value: other }, now.version);
  await page.getByRole('button', { name: 'Save, in force at once' }).click();
  await page
    .getByRole('alert')
    .getByText(/changed since you opened it.*steward/)
    .waitFor();
  await picture(page, 'settings-limits-changed', { fullPage: true });
  await page.getByRole('button', { name: 'Try on old cases first' }).click();
  await page.getByText(/Tried on the newest/).waitFor();
  await assertAccessible(page, 'limits that were tried');
  const last = await steward.get('/api/v1/city/settings');
  await steward.put('/api/v1/city/settings', { value: now.value }, last.version);
});

test('an administrator adds someone, whose password is told once, and stops them', async () => {
  const page = await openPage({ as: person('admin'), lang: 'zh' });
  await page.goto('/city');
  await page.getByRole('heading', { name: '用户与角色', level: 1 }).waitFor();
  await page.getByText('新增用户').first().click();
  const name = `new-${Date.now()}`;
  await page.getByLabel('登录名').fill(name);
  await page.getByLabel('显示姓名').fill('新来的');
  await page.getByLabel('角色', { exact: true }).selectOption('auditor');
  await page.getByRole('button', { name: '新增用户' }).click();
  const secret = page.getByRole('status').locator('code');
  await secret.waitFor();
  const password = await secret.textContent();
  await picture(page, 'settings-account-added');
  await assertAccessible(page, 'an account that was added');
  const them = await signedIn({ name, password });
  assert.equal((await them.get('/api/v1/session')).user.role, 'auditor');
  await page.getByRole('button', { name: '知道了' }).click();
  await page.getByPlaceholder('查找').fill(name);
  await page.getByRole('button', { name: `停用 ${name}` }).click();
  await page.getByText('已停用').waitFor();
});

test('a year of the calendar is set and its history kept', async () => {
  const page = await openPage({ as: person('steward'), lang: 'zh' });
  await page.goto('/city/calendar?year=2031');
  await page.getByText('这一年还没有设定').waitFor();
  await page.getByLabel('公布的通知').fill('测试用的 2031 年通知');
  await page.getByLabel('放假', { exact: true }).fill('元旦|New Year|2031-01-01');
  await page.getByRole('button', { name: '保存这一年' }).click();
  await page.getByRole('link', { name: /第 1 行看不懂/ }).waitFor();
  await page.getByLabel('放假', { exact: true }).fill('元旦|New Year|2031-01-01|2031-01-01');
  await page.getByRole('button', { name: '保存这一年' }).click();
  await page.getByRole('status').getByText('已保存').waitFor();
  await page.getByRole('cell', { name: '1 元旦' }).waitFor();
});

test('who may not keep the city may look and is told so', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en' });
  await page.goto('/city/limits');
  await settled(page);
  await page.getByText('You can look; a steward makes changes.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Save, in force at once' }).count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Users and roles' }).count(), 0);
});

test('“6+2” is tried on a street, applied as one deed, and undone', async () => {
  const steward = await signedIn(person('steward'));
  const { areas, units } = await steward.get('/api/v1/city');
  const street = areas.filter((one) => one.tier === 'street').at(-1);
  const office = units.find((one) => one.code === `office-${street.code}`);
  const page = await openPage({ as: person('steward'), lang: 'zh' });
  await page.goto('/city/templates');
  await page.getByRole('link', { name: '“6+2”模式' }).click();
  await page.getByLabel('街道', { exact: true }).selectOption(street.code);
  const made = page.getByRole('row', { name: new RegExp(`${street.name.zh}平安建设办公室.*新设`) });
  await made.waitFor();
  await page.getByText('每个分类都恰好有一个单位在先。').waitFor();
  await picture(page, 'settings-template-preview', { fullPage: true });
  await assertAccessible(page, 'a template that is tried on a street');
  await page.getByRole('button', { name: '套用到这个街道' }).click();
  await page.getByRole('status').getByText('已套用').waitFor();
  await page.getByText('这个街道已经是这样设置的').waitFor();
  const applied = (await steward.get('/api/v1/city')).units;
  assert.deepEqual(applied.find((one) => one.code === office.code).duties, []);

  await page.getByRole('link', { name: '← 返回列表' }).click();
  await picture(page, 'settings-templates-applied');
  await page.getByRole('button', { name: `撤销${street.name.zh}的这次调整` }).click();
  await page.getByRole('status').getByText('已撤销').waitFor();
  const back = (await steward.get('/api/v1/city')).units;
  assert.deepEqual(
    back.find((one) => one.code === office.code),
    office,
  );
  assert.ok(back.find((one) => one.code === `${street.code}-safety`).retired);

  // A part is changed: what that is, is told by the part and its field.
  await page.getByRole('link', { name: '“6+2”模式' }).click();
  await page.getByText('平安建设办公室').first().click();
  await page.getByLabel('按这些词分得分类').nth(3).fill('安全、消防');
  await page.getByLabel('按这些词分得分类').nth(3).blur();
  await page.getByText('safety · 按这些词分得分类').waitFor();
});
