// The wall screen, the boards beside rates, and what is taken away from them: pictures and paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  openPage,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt, request } from '../lib/town.js';

useBrowser();
afterEach(closePages);
before(() => caseAt('in_progress', `墙上看到的路灯 ${Date.now()}`));

const WALL = { width: 1920, height: 1080 };

test('the wall changes panels by itself, can be paused, and shows nobody’s words', async () => {
  const page = await openPage({ as: person('leader'), size: WALL });
  await page.clock.install();
  await page.goto('/wall');
  const wall = page.locator('.wall');
  await page.getByText('实时').waitFor();
  assert.equal(await wall.getAttribute('data-panel'), 'now');
  await page.clock.fastForward(16_000);
  await page.locator('.wall[data-panel="rates"]').waitFor();
  await settled(page);
  await picture(page, 'wall-1920');
  await assertNoOverflow(page, 'a wall');
  await page.getByRole('button', { name: '暂停轮换' }).click();
  await page.clock.fastForward(60_000);
  assert.equal(await wall.getAttribute('data-panel'), 'rates');
  await page.keyboard.press('ArrowLeft');
  await page.locator('.wall[data-panel="now"]').waitFor();
  assert.equal(await page.getByText('墙上看到的路灯').count(), 0);
});

test('the wall hears of what comes in, and says when it no longer does', async () => {
  const page = await openPage({
    as: person('operator'),
    size: WALL,
    allow: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /ERR_NETWORK/, /ERR_INCOMPLETE/],
  });
  await page.goto('/wall?panel=now');
  await page.getByText('实时').waitFor();
  const { id } = await request(`上墙 ${Date.now()}`);
  await page.getByRole('cell', { name: id }).waitFor({ timeout: 20_000 });
  await page.context().setOffline(true);
  await page.getByText(/数据是 .*，正在重新连接/).waitFor();
  await picture(page, 'wall-stale');
  await assertAccessible(page, 'a wall that is stale');
  await page.context().setOffline(false);
  await page.getByText('实时').waitFor({ timeout: 30_000 });
});

test('who may not see words has a wall without topics and map', async () => {
  const page = await openPage({ as: person('auditor'), size: WALL, lang: 'en' });
  await page.goto('/wall');
  await page.getByText('Live').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Show “Hot topics”' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Show “Load”' }).count(), 1);
});

test('a chart is saved as a picture, each with its table beside it', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en' });
  const saved = async (section) => {
    const waiting = page.waitForEvent('download');
    await section.getByRole('button', { name: 'Save as PNG' }).click();
    const download = await waiting;
    const bytes = readFileSync(await download.path());
    assert.deepEqual([...bytes.subarray(1, 4)], [0x50, 0x4e, 0x47], 'a PNG');
    assert.ok(bytes.length > 3_000, `${bytes.length} bytes`);
    return download.suggestedFilename();
  };
  await page.goto('/boards?formula=resolution');
  const trend = page.getByRole('region', { name: 'Trend' });
  await trend.locator('svg').first().waitFor();
  assert.equal(await saved(trend), 'trend.png');
  await page.goto('/boards?view=load');
  const load = page.getByRole('region', { name: 'Load of the units' });
  await load.locator('svg.bars').waitFor();
  assert.equal(await saved(load), 'load.png');
  await load.getByRole('table').first().waitFor();
});

test('on paper a board has its tables unfolded, and nothing to press', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en', dark: true });
  await page.goto('/boards?formula=resolution');
  await page.getByRole('region', { name: 'Trend' }).locator('svg').first().waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: 'Print' }).isVisible(), false);
  await page.locator('section', { hasText: 'Trend' }).getByRole('table').first().waitFor();
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  assert.equal(paper, 'light');
  await picture(page, 'boards-printed', { fullPage: true });
});
