// The images of the README, of a sample city that nobody has touched yet.
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { closePages, openPage, PHONE, settled, useBrowser } from './lib/browser.js';
import { gridWorker, person } from './lib/people.js';

useBrowser();
afterEach(closePages);

const into = (name) => join(process.env.IMAGES, `${name}.png`);
/** Until the map has come to rest. */
const atRest = (page) => page.locator('[data-map="still"]').waitFor();

for (const lang of ['zh', 'en']) {
  test(`the desk, ${lang}`, async () => {
    const size = { width: 1200, height: 640 };
    const page = await openPage({ lang, size, as: person('operator'), map: true });
    await page.goto('/desk?order=due');
    await settled(page);
    await page.getByRole('link', { name: { zh: /在办/, en: /Open/ }[lang] }).click();
    await settled(page);
    await page.mouse.move(0, 0);
    await atRest(page);
    await page.screenshot({ path: into(`desk-${lang}`) });
  });
}

for (const lang of ['zh', 'en']) {
  test(`a board, ${lang}`, async () => {
    const size = { width: 1200, height: 760 };
    const page = await openPage({ lang, size, as: person('operator') });
    await page.goto('/boards?formula=on_time&every=month');
    await settled(page);
    await page.getByRole('row').nth(1).waitFor();
    await page.screenshot({ path: into(`boards-${lang}`) });
  });
}

test('the wall screen', async () => {
  const page = await openPage({
    lang: 'en',
    size: { width: 1200, height: 675 },
    as: person('leader'),
  });
  await page.goto('/wall?panel=now');
  await page.getByText('Live').waitFor();
  await page.screenshot({ path: into('wall-en') });
});

test('the patrol on a phone', async () => {
  const page = await openPage({ size: { width: 360, height: 780 }, as: gridWorker() });
  await page.goto('/patrol');
  await settled(page);
  await page.screenshot({ path: into('patrol-phone') });
});

test('a report on a phone', async () => {
  const page = await openPage({ size: PHONE, map: true });
  await page.goto('/report');
  await settled(page);
  await page.getByLabel('地址或附近的标志').fill('听帆路 91 号门口');
  await page.locator('[data-map] canvas').click({ position: { x: 210, y: 120 } });
  await page.getByText('已在地图上指出').waitFor();
  await page.locator('main h1').click();
  await atRest(page);
  await page.screenshot({ path: into('report-phone'), fullPage: true });
});
