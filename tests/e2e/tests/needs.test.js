// What areas ask for, and pages of dossiers that show changes without being loaded again.
import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, closePages, openPage, settled, useBrowser } from '../lib/browser.js';
import { person, url } from '../lib/people.js';

useBrowser();
afterEach(closePages);

test('the baseline of needs opens to its cases', async () => {
  const page = await openPage({ as: person('operator') });
  // What rises depends on the weeks in which one looks: once three needs are made to.
  const needs = /\/api\/v1\/needs/;
  await page.route(needs, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    for (const need of json.needs.slice(0, 3)) need.recent = 50;
    await route.fulfill({ response, json });
  });
  await page.goto('/together');
  await page.getByRole('link', { name: /群众需求底数/ }).click();
  await page.locator('tbody tr').first().waitFor();
  await page.locator('svg.bars').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '存为 PNG' }).click();
  assert.equal((await download).suggestedFilename(), 'needs.png');
  await page.unroute(needs);
  await page.reload();
  await page.locator('tbody tr').first().waitFor();
  await page.getByLabel('排序').selectOption({ label: '最近最多' });
  await page.waitForURL(/order=recent/);
  const link = page.locator('tbody a').first();
  const count = Number((await link.textContent()).replace(/\D/g, ''));
  await link.click();
  await page.waitForURL(/\/desk\?/);
  await page.locator('.heads b').first().getByText(String(count), { exact: true }).waitFor();
});

test('a dossier that others open or take on is shown at once', async () => {
  const operator = person('operator');
  const page = await openPage({ as: person('leader') });
  await page.goto('/together?kind=deliberation');
  await settled(page);
  const session = await openPage({ as: operator });
  const call = async (path, body, version) => {
    const headers = version ? { 'If-Match': `"${version}"` } : {};
    const answer = await session.context().request.post(url + path, { data: body, headers });
    assert.ok(answer.ok(), await answer.text());
    return answer.json();
  };
  const title = `楼道灯怎么装 ${Date.now() % 100_000}`;
  const city = await (await page.context().request.get(`${url}/api/v1/city`)).json();
  const made = await call('/api/v1/dossiers', {
    deliberation: {
      convene: {
        title: { zh: title },
        agenda: { zh: '装不装、谁来装' },
        area: city.areas.find((one) => one.parent !== null).code,
        unit: city.units.find((one) => one.areas.length > 0).code,
        form: 'meeting',
        parties: [{ zh: '居民代表' }],
      },
    },
  });
  await page.getByRole('link', { name: new RegExp(title) }).click();
  await page.getByRole('heading', { name: title }).waitFor();
  await call(
    `/api/v1/dossiers/${made.id}`,
    { deliberation: { add_step: { title: { zh: '入户听意见' }, on: '2026-12-31' } } },
    made.version,
  );
  await page.getByText('operator 刚刚改动了这份卷宗。').waitFor();
  await assertAccessible(page, 'a dossier that has just changed');
});
