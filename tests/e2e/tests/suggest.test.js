// Suggestions: residents and the desk take a category that fits, with the mouse or
// by one key; residents see when such things are usually done.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, PHONE, picture, settled, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { noneOfThese } from '../lib/report.js';
import { request } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a resident takes a suggested category and sees when such things are usually done', async () => {
  const words = `门口的路灯不亮了，晚上看不见路。${Date.now()}`;
  const page = await openPage({ size: PHONE });
  await page.goto('/report');
  await page.getByLabel('地址或附近的标志').fill('听帆路 91 号门口');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel('事情经过').fill(words);
  await page.getByText('这是不是您要说的事？').waitFor();
  const offered = page.getByRole('button', { name: '采用“路灯不亮”' });
  await picture(page, 'suggest-report');
  await offered.click();
  assert.equal(await offered.getAttribute('aria-pressed'), 'true');
  assert.equal(await page.locator('#category').inputValue(), 'street-light');
  await page.getByRole('button', { name: '下一步' }).click();
  await noneOfThese(page);
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByText(words).waitFor();
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByRole('heading', { name: '已收到您的诉求' }).waitFor();
  const code = await page.locator('#follow-code').textContent();
  await page.goto(`/follow/${code}`);
  await page.getByText(/类似的事一般在 .* 前办好/).waitFor();
  await picture(page, 'suggest-follow');
});

test('the desk takes a suggested category by one key', async () => {
  const sent = await request(`The street light at the gate is out ${Date.now()}`);
  const desk = await openPage({ as: person('operator'), lang: 'en', size: DESK });
  await desk.goto(`/cases/${sent.id}`);
  await settled(desk);
  const group = desk.getByRole('group', { name: 'Suggested category' });
  await group.waitFor();
  assert.match(await group.textContent(), /% sure/);
  await picture(desk, 'suggest-desk');
  await desk.locator('main h1').focus();
  await desk.keyboard.press('1');
  const chosen = await desk.getByLabel('Category', { exact: true }).inputValue();
  assert.notEqual(chosen, '');
  await desk.getByRole('button', { name: 'Accept', exact: true }).click();
  await desk.getByRole('heading', { name: /^Next step: dispatch/i }).waitFor();
});
