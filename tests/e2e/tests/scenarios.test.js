// Scenarios: rated and drilled by staff, accepted only with all three gates, opening to cases.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { assertAccessible, closePages, openPage, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';

useBrowser();
afterEach(closePages);

test('a scenario is made, drilled and rated, and is not accepted before its gates are passed', async () => {
  const steward = await openPage({ as: person('steward') });
  await steward.goto('/scenarios');
  await steward.getByRole('link', { name: '新增场景' }).click();
  await steward.getByRole('button', { name: '保存' }).click();
  await steward.getByRole('alert').getByText('代码').first().waitFor();
  const code = `nights-${Date.now() % 100_000}`;
  await steward.getByLabel('代码').fill(code);
  const names = await steward.getByLabel(/中文/).all();
  const english = await steward.getByLabel(/英文/).all();
  for (const [at, name] of ['夜间积水', '低洼处居民'].entries()) await names[at].fill(name);
  for (const [at, name] of ['Water at night', 'Residents'].entries()) await english[at].fill(name);
  await steward.getByRole('checkbox', { name: '积水' }).first().check();
  await steward.getByRole('checkbox', { name: '批注' }).check();
  await steward.getByRole('button', { name: '保存' }).click();
  await steward.waitForURL(new RegExp(`/scenarios/${code}$`));
  await steward.getByText('还没有登记演练').waitFor();

  const operator = await openPage({ as: person('operator') });
  await operator.goto(`/scenarios/${code}`);
  await operator.getByRole('button', { name: '4 · 好用' }).click();
  await operator.getByText('1 人评价，1 人打 4 分以上').waitFor();
  await operator.locator('summary', { hasText: '登记演练' }).click();
  await operator.getByLabel('演练日期').fill('2026-11-01');
  await operator.getByLabel('参加单位').selectOption({ index: 0 });
  await operator.getByLabel('步骤').fill('十分钟内到场\n- 通知物业：无人接听');
  await operator.getByLabel('凭据').fill('记录 7');
  await operator.getByRole('button', { name: '登记演练' }).click();
  await operator.getByText('最近一次 2026-11-01：2 步中 1 步通过').waitFor();
  await assertAccessible(operator, 'a scenario');

  const leader = await openPage({ as: person('leader'), allow: [/status of 409/] });
  await leader.goto(`/scenarios/${code}`);
  await leader.getByLabel('依据').fill('试试');
  await leader.getByRole('button', { name: '通过验收' }).click();
  await leader.getByText(/三道验收关尚未全部通过/).waitFor();
});

test('friction and what no scenario covers open to their cases', async () => {
  const page = await openPage({ as: person('leader') });
  await page.goto('/scenarios/elders-at-home');
  const trouble = page.getByRole('link', { name: /超过承诺时限：在看板中看案卷/ });
  const count = Number(await trouble.textContent());
  await trouble.click();
  await page.waitForURL(/\/boards\?.*scenario=elders-at-home.*open=not_met/);
  await page.locator('.behind li, .behind tbody tr').first().waitFor();
  assert.ok(count > 0);
  await page.getByRole('link', { name: 'elders-at-home' }).waitFor();
  await page.goto('/scenarios?view=coverage');
  await page.getByRole('link', { name: /^应急管理：在看板中看案卷/ }).click();
  await page.waitForURL(/\/boards\?.*formula=covered.*open=not_met/);
  await page.locator('.behind li, .behind tbody tr').first().waitFor();
});
