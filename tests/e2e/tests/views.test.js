// Saved views, and list, charts and map of the desk that move each other.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  DESK,
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

const query = (page) => new URL(page.url()).searchParams;

test('a view is saved, shared, renamed, deleted and taken back, on another device too', async () => {
  const who = person('operator.night');
  await (await signedIn(who)).put('/api/v1/views', { views: [] }, await version(who));
  const page = await openPage({ as: who, lang: 'en', size: DESK });
  await page.goto('/desk?late=true&order=due&case=C1');
  const sheet = page.getByRole('group', { name: 'Saved views' });
  const name = `Late ${Date.now()}`;
  await page.getByText('Views', { exact: true }).click();
  await sheet.getByText('No saved views yet').waitFor();
  await sheet.getByRole('button', { name: 'Save these filters' }).click();
  await sheet.getByText('Enter a name for the view').waitFor();
  await sheet.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await sheet.getByRole('button', { name: 'Save these filters' }).click();
  const link = sheet.getByRole('link', { name });
  await link.waitFor();
  await sheet.getByRole('checkbox', { name: 'Shared' }).check();
  await assertAccessible(page, 'saved views');
  await picture(page, 'desk-views');

  // A colleague of the same role sees it; it leads to the same list.
  const colleague = await openPage({ as: person('operator'), lang: 'zh', size: PHONE });
  await colleague.goto('/desk');
  await colleague.getByText('视图', { exact: true }).click();
  await colleague.getByRole('link', { name }).click();
  await colleague.waitForURL(/late=true&order=due$/);
  await assertNoOverflow(colleague, 'saved views on a phone');
  await picture(colleague, 'desk-views-360');

  await sheet.getByText('Rename').click();
  await sheet.getByRole('textbox', { name: /^New name/ }).fill('Overdue');
  await sheet.getByRole('textbox', { name: /^New name/ }).press('Enter');
  await sheet.getByRole('link', { name: 'Overdue' }).waitFor();
  await sheet.getByRole('button', { name: 'Delete “Overdue”' }).click();
  await sheet.getByText('“Overdue” was deleted').waitFor();
  await sheet.getByRole('button', { name: 'Undo' }).click();
  await sheet.getByRole('link', { name: 'Overdue' }).waitFor();
  assert.equal((await (await signedIn(who)).get('/api/v1/views')).views[0].name, 'Overdue');
});

async function version(who) {
  return (await (await signedIn(who)).get('/api/v1/views')).version;
}

test('charts, map and list move each other: each choice is a filter in the address', async () => {
  const page = await openPage({ as: person('operator'), lang: 'en', size: DESK, map: true });
  await page.goto('/desk?charts=1');
  await settled(page);
  const rows = page.locator('[data-case]');
  const bars = page.getByRole('region', { name: 'By category' }).getByRole('link');
  const counted = Number((await bars.first().locator('b').textContent()).trim());
  await bars.first().click();
  await page.waitForURL(/category=/);
  await page.waitForFunction(
    (n) => document.querySelector('.strip b').textContent.replaceAll(',', '') === String(n),
    counted,
  );
  await picture(page, 'desk-charts');
  await assertAccessible(page, 'charts of the desk');
  await bars.first().click();
  await page.waitForURL((url) => !url.searchParams.has('category'));

  // Areas by a figure, with legend and table; a row of the table is a filter too.
  await page.getByRole('combobox', { name: 'On the map' }).selectOption('open');
  await page.waitForURL(/show=open/);
  await page.getByRole('list', { name: 'Legend: Open by area' }).waitFor();
  await settled(page);
  await picture(page, 'desk-areas');
  await page.getByText('As a table').click();
  await page.getByRole('rowheader').getByRole('link').first().click();
  await page.waitForURL(/area=/);
  await rows.first().waitFor();
  await assertAccessible(page, 'areas by a figure');
  await page.goBack();
  await page.getByRole('combobox', { name: 'On the map' }).selectOption('heat');
  await settled(page);
  await picture(page, 'desk-heat');

  // A rectangle of the map: dragged, or the view as it is.
  await page.getByRole('button', { name: 'Draw an area' }).click();
  const box = await page.locator('.marking').boundingBox();
  await page.mouse.move(box.x + 200, box.y + 250);
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + 420, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/within=/);
  await page.getByRole('link', { name: 'Within the map area' }).waitFor();
  const within = query(page).get('within').split(',').map(Number);
  const desk = await signedIn(person('operator'));
  const found = await desk.get(`/api/v1/cases?limit=200&within=${within}`);
  assert.ok(found.cases.length > 0, 'a rectangle in the middle of the city holds cases');
  for (const { point } of found.cases) {
    assert.ok(point.lon > within[0] - 1e-4 && point.lon < within[2] + 1e-4);
    assert.ok(point.lat > within[1] - 1e-4 && point.lat < within[3] + 1e-4);
  }
  await page.getByRole('combobox', { name: 'On the map' }).selectOption('cases');
  await settled(page);
  await picture(page, 'desk-within');
  await page.getByRole('link', { name: 'Within the map area' }).click();
  await page.waitForURL((url) => !url.searchParams.has('within'));
});
