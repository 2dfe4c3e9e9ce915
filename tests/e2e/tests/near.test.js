// What was done near a place, for everybody.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import { closePages, openPage, PHONE, settled, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

let busy;
before(async () => {
  // Where most was closed: somewhere in its square there are three.
  const operator = await signedIn(person('operator'));
  const { places } = await operator.get('/api/v1/cases/recurring?stage=closed');
  busy = places[0].about;
});

const at = () => `/near?at=${busy.lat},${busy.lon}&days=366&within=1500`;

test('what was done near is listed with category, time and outcome, and nobody’s words', async () => {
  const page = await openPage({ lang: 'en' });
  await page.goto(at());
  await page.getByRole('heading', { name: 'By category' }).waitFor();
  const items = page.getByRole('region', { name: 'One by one' }).getByRole('listitem');
  assert.ok((await items.count()) >= 3);
  assert.match(await items.first().textContent(), /took .*about .* from there/);
  assert.equal(await page.locator('main a[href^="/cases"]').count(), 0);
  await page.getByLabel('How far').selectOption('500');
  await page.waitForURL(/within=500/);
  await page.goBack();
  await page.waitForURL(/within=1500/);
});

test('without a place one is asked for, by position, by area or on the map', async () => {
  const page = await openPage({ size: PHONE });
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ longitude: busy.lon, latitude: busy.lat });
  await page.goto('/');
  // The ways to the pages take one line, in the longer language and larger type too.
  const head = page.getByRole('banner');
  const lines = async () => Math.round((await head.boundingBox()).height);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: /Tell/ }).waitFor();
  assert.ok((await lines()) <= 90, `the head is ${await lines()} px high`);
  await page.getByRole('radio', { name: 'Largest type' }).check();
  assert.ok((await lines()) <= 150, `in the largest type the head is ${await lines()} px high`);
  await page.getByRole('radio', { name: 'Usual type' }).check();
  await page.getByRole('button', { name: '中文' }).click();
  await page
    .getByRole('link', { name: /身边已办/ })
    .last()
    .click();
  await settled(page);
  await page.getByRole('button', { name: '用我的位置' }).click();
  await page.waitForURL(/at=/);
  await page.getByRole('heading', { name: '按分类' }).waitFor();
  await page.getByLabel('或选择区域').selectOption({ index: 2 });
  await page.waitForURL((url) => !url.searchParams.get('at').startsWith(busy.lat.toFixed(3)));
});
