// The command desk: its address, its keys, what it says when something changes,
// when nobody answers, when nothing is found.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  closePages,
  DESK,
  openPage,
  picture,
  settled,
  TABLET,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt, lightingUnit, request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const operator = () => person('operator');
const query = (page) => new URL(page.url()).searchParams;
const rows = (page) => page.locator('[data-case]');

test('the address holds the filters: a link shows a colleague the same, and Back undoes', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: TABLET });
  // What is dispatched differs from hour to hour.
  const desk = await signedIn(operator());
  const { cases } = await desk.get('/api/v1/cases?stage=dispatched&limit=50');
  const { category, words } = cases.find((one) => /\p{Script=Han}{2}/u.test(one.words));
  const name = (await desk.get('/api/v1/city')).categories.find((one) => one.code === category);
  const sought = /\p{Script=Han}{2}/u.exec(words)[0];
  await page.goto('/desk');
  await rows(page).first().waitFor();
  const strip = page.getByRole('navigation', { name: 'Cases by stage' });
  await strip.getByRole('link', { name: /Dispatched/ }).click();
  await page.waitForURL(/stage=dispatched/);
  await page.getByText('Filters', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Category' }).selectOption({ label: name.name.en });
  await page.waitForURL((url) => url.searchParams.get('category') === category);
  await page.getByPlaceholder('Number, words or address').fill(sought);
  await page.waitForURL(/q=/);
  await page.waitForFunction(
    (parts) => {
      const all = [...document.querySelectorAll('[data-case]')];
      const fits = (row) => parts.every((part) => row.textContent.includes(part));
      return all.length > 0 && all.every(fits);
    },
    ['Dispatched', name.name.en, sought],
  );

  const colleague = await openPage({ as: person('verifier'), size: TABLET });
  await colleague.goto(page.url());
  await rows(colleague).first().waitFor();
  assert.equal(await rows(colleague).count(), await rows(page).count());
  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has('category'));
  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has('stage'));
});

test('what is late and what is due soon are one click away and counted as shown', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: TABLET });
  await page.goto('/desk');
  await rows(page).first().waitFor();
  const strip = page.getByRole('navigation', { name: 'Cases by stage' });
  for (const [name, mark] of [
    ['Late', /late/],
    ['Due soon', /left/],
  ]) {
    const link = strip.getByRole('link', { name: new RegExp(name) });
    await link.click();
    await page.waitForURL(/order=due/);
    await page.getByText('That is all').waitFor();
    const counted = Number(/\d+/.exec(await link.textContent())[0]);
    assert.equal(await rows(page).count(), counted, name);
    for (const row of await rows(page).allTextContents()) assert.match(row, mark);
  }
});

test('keys alone are enough to find a case, open it and take it on', async () => {
  const words = `只用键盘 ${Date.now()}`;
  const { id } = await request(words);
  const page = await openPage({ as: operator(), lang: 'en', size: TABLET });
  const { keyboard } = page;
  const heading = (name) => page.getByRole('heading', { name }).waitFor();
  await page.goto('/desk');
  await rows(page).first().waitFor();

  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await keyboard.press('/');
  await keyboard.type(words);
  await page.waitForURL(/q=/);
  await page.getByText('That is all').waitFor();
  await keyboard.press('j');
  assert.equal(query(page).has('case'), false, 'keys are off while typing');
  await keyboard.press('Backspace');
  await keyboard.press('Escape');
  await page.locator(`[data-case="${id}"]`).waitFor();
  await keyboard.press('j');
  await page.waitForURL(new RegExp(`case=${id}`));
  await keyboard.press('Enter');
  await heading('Next step: Accept');

  // Tab as far as the category, choose by typing, and on to the button.
  for (let step = 0; step < 40; step++) {
    await keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.id === 'accept-category')) break;
  }
  await keyboard.type('Street li');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await heading('Next step: Dispatch');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');

  await keyboard.press('Escape');
  await page.waitForURL(/\/desk/);
  await keyboard.press('g');
  await keyboard.press('f');
  await heading('Follow a report');
  await keyboard.press('g');
  await keyboard.press('d');
  await page.waitForURL(/\/desk$/);
});

test('a case that others work on is marked, in its place, while one looks on', async () => {
  const { id } = await caseAt('accepted', `实时变化 ${Date.now()}`);
  const page = await openPage({ as: operator(), lang: 'en', size: TABLET });
  await page.goto('/desk?stage=accepted');
  const row = page.locator(`[data-case="${id}"]`);
  await row.waitFor();
  await page.locator('.state.on').waitFor();
  const { code } = await lightingUnit();
  const night = await signedIn(person('operator.night'));
  await night.act(id, 'dispatch', { unit: code });
  await row.getByText('Left this list').waitFor();
  await row.getByText('Dispatched', { exact: true }).waitFor();
});

test('a change under one’s hands is told, with who made it, and nothing typed is lost', async () => {
  const { id } = await caseAt('reported');
  const page = await openPage({
    as: operator(),
    lang: 'en',
    size: DESK,
    allow: [/412/],
  });
  // This page hears of changes late, so that it acts on an old version.
  await page.route('**/api/v1/events', () => {});
  await page.goto(`/cases/${id}`);
  await page.getByRole('radio', { name: 'Done, passed' }).check();
  await page.getByLabel('What was found').fill('Seen from the street.');
  const verifier = await signedIn(person('verifier'));
  await verifier.act(id, 'verify', { pass: false, note: '还没亮。' });
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  const told = page.getByRole('alert').filter({ hasText: 'Changed by verifier' });
  await told.waitFor();
  assert.match(await told.textContent(), /Verified\..*What you typed is kept/s);
  await page.getByText('还没亮。').waitFor();
  assert.match(await page.locator('.stands').textContent(), /Failed verification once/);
  await picture(page, 'case-changed');
});

test('when nobody answers, the age of what is shown is said, and it comes back by itself', async () => {
  const page = await openPage({
    as: operator(),
    lang: 'en',
    size: TABLET,
    allow: [
      /ERR_INTERNET_DISCONNECTED/,
      /ERR_NETWORK_CHANGED/,
      /ERR_INCOMPLETE_CHUNKED/,
      /ERR_FAILED/,
    ],
  });
  let cut = false;
  await page.route('**/api/v1/events', (route) => (cut ? route.abort() : route.fallback()));
  await page.goto('/desk');
  await page.locator('.state.on').waitFor();
  cut = true;
  await page.context().setOffline(true);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const strip = page.getByRole('navigation', { name: 'Cases by stage' });
  await strip.getByRole('link', { name: /Accepted/ }).click();
  await page.getByText('The server cannot be reached').waitFor();
  await picture(page, 'desk-unreachable');
  await page.context().setOffline(false);
  cut = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('The server cannot be reached').waitFor({ state: 'hidden' });
});

test('an empty list says why and what to do', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: TABLET });
  await page.goto('/desk?q=nothing+of+the+kind');
  await page.getByRole('heading', { name: 'No case meets these filters' }).waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await rows(page).first().waitFor();
});

test('a filter that the server does not know is refused in its words', async () => {
  const page = await openPage({
    as: operator(),
    lang: 'en',
    size: TABLET,
    allow: [/422/],
  });
  await page.goto('/desk?stage=lost');
  await page.getByRole('alert').getByText('a filter cannot be read').waitFor();
});

test('the map and the list follow each other', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: DESK });
  await page.goto('/desk?stage=dispatched');
  await settled(page);
  const first = rows(page).first();
  await first.locator('.when').click();
  const id = await first.getAttribute('data-case');
  await page.waitForURL(new RegExp(`case=${id}`));
  const card = page.getByRole('complementary', { name: `Selected case ${id}` });
  await card.getByRole('link', { name: /Open/ }).waitFor();
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'hidden' });
});
