// A timing study: begun by the steward, honoured by the desk, ended, and told honestly.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { assertAccessible, closePages, openPage, useBrowser } from '../lib/browser.js';
import { person, url } from '../lib/people.js';
import { request } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('while a study runs the desk is shown no suggestion for its control', async () => {
  const steward = await openPage({ as: person('steward') });
  await steward.goto('/studies');
  await steward.getByLabel('代码').fill(`s${Date.now() % 1_000_000}`);
  await steward.getByLabel(/中文/).fill('派单计时');
  await steward.getByLabel(/英文/).fill('Dispatching');
  await steward.getByLabel('对照组比例（%）').fill('95');
  await steward.getByLabel('缘由').fill('看建议是否真的更快');
  await steward.getByRole('button', { name: '开始试验' }).click();
  await steward.getByText('案卷太少，还说不准').waitFor();

  const desk = await openPage({ as: person('operator') });
  let held = null;
  for (let tries = 0; !held && tries < 20; tries += 1) {
    const { id } = await request('巷口的路灯不亮了');
    const asked = await desk.context().request.get(`${url}/api/v1/cases/${id}/suggestion`);
    if ((await asked.json()).held_back) held = id;
  }
  assert.ok(held, 'nineteen of twenty are in the control');
  await desk.goto(`/desk?case=${held}`);
  await desk.getByText('本案卷属对照组，不显示建议').first().waitFor();

  await steward.reload();
  await steward.getByText('逐件').click();
  await steward.getByRole('link', { name: held }).waitFor();
  await assertAccessible(steward, 'a study');
  await steward.getByLabel('缘由').fill('试完了');
  await steward.getByRole('button', { name: '结束试验' }).click();
  await steward.getByText('：试完了').waitFor();
  assert.equal(await steward.getByRole('button', { name: '结束试验' }).count(), 0);
});
