// The command centre's seats: who sits where, what waits for each, and who has one.
import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  assertAccessible,
  closePages,
  openPage,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt, lightingUnit, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('the desk sees at each seat what waits for it, and goes on to its queue', async () => {
  const unit = await lightingUnit();
  const [operator, steward] = [
    await signedIn(person('operator')),
    await signedIn(person('steward')),
  ];
  // It is no department, and has a seat only where the city gives it one.
  const { value, version } = await steward.get('/api/v1/city/seats');
  await steward.put(
    '/api/v1/city/seats',
    { value: { units: [...value.units, unit.code] } },
    version,
  );
  const before = (await operator.get('/api/v1/seats')).seats.find((s) => s.unit === unit.code);
  const page = await openPage({ as: person('operator') });
  await page.goto('/whistles');
  await page.getByRole('link', { name: '指挥席位' }).click();
  const seat = page.getByRole('article', { name: unit.name.zh });
  await seat.getByText(`待办 ${before.counts.all}`).waitFor();
  // What is dispatched now stands at the seat by itself.
  await caseAt('dispatched');
  await seat.getByText(`待办 ${before.counts.all + 1}`).waitFor();
  await page.getByRole('link', { name: '超时多的在前' }).click();
  await page.waitForURL(/order=late/);
  const late = ({ counts, calls_overdue: calls }) => counts.late + calls;
  const { seats } = await operator.get('/api/v1/seats');
  assert.ok(seats.some(late), 'some are late');
  seats.sort((a, b) => late(b) - late(a) || b.counts.all - a.counts.all);
  const { units } = await operator.get('/api/v1/city');
  const names = seats.map((one) => units.find(({ code }) => code === one.unit).name.zh);
  assert.deepEqual(await page.locator('article h2').allTextContents(), names);
  await picture(page, 'seats-late');
  await seat.getByRole('link', { name: `${unit.name.zh}的待办` }).click();
  await settled(page);
  assert.match(page.url(), new RegExp(`/queue\\?unit=${unit.code}`));
});

test('a steward gives seats in another order, and sets that back', async () => {
  const page = await openPage({ as: person('steward'), lang: 'en' });
  await page.goto('/seats');
  const seats = page.locator('article h2');
  await seats.first().waitFor();
  const before = await seats.allTextContents();
  await page.getByText('Which units have a seat').click();
  await page.getByRole('button', { name: `Move ${before[1]} up` }).click();
  await page.getByRole('button', { name: `Remove the seat of ${before.at(-1)}` }).click();
  await page.getByLabel('Grounds').fill('agreed on Monday');
  await page.evaluate(() => scrollTo(0, 0));
  await picture(page, 'seats-choose', { fullPage: true });
  await assertAccessible(page, 'choosing seats');
  await page.getByRole('button', { name: 'Save' }).click();
  const after = [before[1], before[0], ...before.slice(2, -1)];
  await page.waitForFunction(
    (first) => document.querySelector('article h2')?.textContent === first,
    after[0],
  );
  assert.deepEqual(await seats.allTextContents(), after);
  await page.getByText('agreed on Monday').waitFor();

  // By hand, and by going back to what it was.
  await page.getByLabel('Add a unit').selectOption({ label: before.at(-1) });
  await page.getByRole('button', { name: `Move ${before[0]} up` }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForFunction(
    (first) => document.querySelector('article h2')?.textContent === first,
    before[0],
  );
  assert.deepEqual(await seats.allTextContents(), before);
  await page
    .getByRole('button', { name: /^Set back to this/ })
    .first()
    .click();
  await page.waitForFunction(
    (first) => document.querySelector('article h2')?.textContent === first,
    after[0],
  );
  await page
    .getByRole('button', { name: /^Set back to this/ })
    .first()
    .click();
  await page.waitForFunction(
    (first) => document.querySelector('article h2')?.textContent === first,
    before[0],
  );
});
