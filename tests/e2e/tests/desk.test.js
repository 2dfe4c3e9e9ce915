// The command desk: its address, its keys, what it says when something changes,
// when nobody answers, when nothing is found.
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

test('two people on one case: who was quicker is told with the difference, and one press does it still', async () => {
  const [open, reported] = await Promise.all([caseAt('submitted'), caseAt('reported')]);
  const page = await openPage({ as: operator(), lang: 'en', size: DESK, allow: [/412/] });
  const other = await openPage({ as: person('operator.night'), lang: 'en', size: DESK });
  // This page hears of changes late, so that it acts on an old version.
  await page.route('**/api/v1/events*', () => {});
  const both = (id) => Promise.all([page, other].map((one) => one.goto(`/cases/${id}`)));
  const told = page.getByRole('alert').filter({ hasText: 'Changed by operator.night at' });

  await both(open.id);
  await page.getByLabel('Category', { exact: true }).selectOption('street-light');
  await other.locator('summary').getByText('Comment', { exact: true }).click();
  await other.getByRole('textbox', { name: /^Comment/ }).fill('Rang twice.');
  await other.getByRole('button', { name: 'Comment', exact: true }).click();
  await other.getByText('Rang twice.').first().waitFor();
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await told.waitFor();
  assert.match(await told.textContent(), /What you typed is kept.*Comment.*Rang twice\./s);
  assert.match(await told.textContent(), /What you were about to do.*Accept.*Street light/s);
  await told.getByRole('button', { name: 'Accept all the same' }).click();
  await page.getByRole('heading', { name: 'Next step: Dispatch' }).waitFor();
  assert.equal(await told.isVisible(), false);

  await both(reported.id);
  const verify = async (on, result, found) => {
    await on.getByRole('radio', { name: result }).check();
    await on.getByLabel(/^What (was found|is not done yet)/).fill(found);
    await on.getByRole('button', { name: 'Verify', exact: true }).click();
  };
  await page.getByRole('radio', { name: 'Done, passed' }).waitFor();
  await verify(other, 'Not done, back to the unit', 'Still dark.');
  await other.locator('.stands').getByText('Failed verification once').waitFor();
  await verify(page, 'Done, passed', 'Seen from the street.');
  await told.waitFor();
  assert.match(await told.textContent(), /Verified.*Still dark\./s);
  assert.match(await told.getByRole('row', { name: /Stage/ }).textContent(), /Reported/);
  assert.match(await told.textContent(), /Seen from the street\..*no longer possible/s);
  assert.equal(await told.getByRole('button', { name: /all the same/ }).count(), 0);
  await assertAccessible(page, 'a case that others changed');
  await picture(page, 'case-changed');
  await page.setViewportSize(PHONE);
  await assertNoOverflow(page, 'a case that others changed');
  await picture(page, 'case-changed-360');
});

test('one key takes the suggestion and dispatches; it can be taken back, and tells who was quicker', async () => {
  const words = `路灯不亮了，晚上看不见路。${Date.now()}`;
  const [first, second] = [await request(words), await request(words)];
  const page = await openPage({ as: operator(), lang: 'en', size: DESK, allow: [/412/] });
  await page.route('**/api/v1/events*', () => {});
  await page.goto(`/desk?q=${encodeURIComponent(words)}&case=${second.id}`);
  await rows(page).nth(1).waitFor();
  const card = (id) => page.getByRole('complementary', { name: `Selected case ${id}` });
  const quick = card(second.id).getByRole('group', { name: 'Suggested dispatch' });
  await quick.waitFor();
  assert.match(await quick.textContent(), /Street light.*% sure.*(because of|By the names).*to/s);
  await picture(page, 'desk-suggestion');
  await page.keyboard.press('u');
  await quick.getByRole('list', { name: 'To which unit' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  const status = page.getByRole('status').filter({ hasText: second.id });
  await status.getByText('is about to be dispatched').waitFor();
  await card(first.id).waitFor();
  await page.keyboard.press('z');
  await quick.waitFor();
  const desk = await signedIn(operator());
  assert.equal((await desk.get(`/api/v1/cases/${second.id}`)).stage, 'submitted');

  await page.keyboard.press('a');
  await status.getByText('is about to be dispatched').waitFor();
  await picture(page, 'desk-decided');
  await assertAccessible(page, 'a decision that waits');
  await status.getByText('was dispatched to').waitFor();
  assert.equal((await desk.get(`/api/v1/cases/${second.id}`)).stage, 'dispatched');

  // What was sent is taken back too, as long as nobody has begun on it.
  await page.keyboard.press('z');
  await status.getByText(/was taken back from .* and waits to be dispatched/).waitFor();
  const back = await desk.get(`/api/v1/cases/${second.id}`);
  assert.deepEqual([back.stage, back.unit], ['accepted', null]);
  assert.equal(back.timeline.at(-1).event, 'recalled');
  await card(second.id).getByRole('group', { name: 'Suggested dispatch' }).waitFor();
  await page.keyboard.press('a');

  // Somebody else writes to the case while its card is open.
  await card(first.id).getByRole('group', { name: 'Suggested dispatch' }).waitFor();
  const night = await signedIn(person('operator.night'));
  await night.act(first.id, 'comment', { note: 'Rang twice.' });
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Do it now' }).click();
  const told = page.getByRole('alert').filter({ hasText: 'Changed by operator.night at' });
  await told.waitFor();
  assert.match(await told.textContent(), /Rang twice/);
  await assertAccessible(page, 'a decision that came too late');
  await picture(page, 'desk-overtaken');
  await told.getByRole('button', { name: /^Dispatch to .* all the same/ }).click();
  await page.getByRole('status').getByText(`${first.id} was dispatched`).waitFor();
});

test('a case that was decided on before the list has come leads on to the next', async () => {
  const words = `路灯不亮了，路口很黑。${Date.now()}`;
  const [first, second] = [await request(words), await request(words)];
  const page = await openPage({ as: operator(), lang: 'en', size: DESK });
  let come;
  const held = new Promise((resolve) => (come = resolve));
  await page.route(/\/api\/v1\/cases\?/, async (route) => {
    await held;
    await route.fallback();
  });
  await page.goto(`/desk?q=${encodeURIComponent(words)}&case=${second.id}`);
  await page.getByRole('group', { name: 'Suggested dispatch' }).waitFor();
  await page.keyboard.press('a');
  await page.getByRole('status').getByText('is about to be dispatched').waitFor();
  come();
  await page.getByRole('complementary', { name: `Selected case ${first.id}` }).waitFor();
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
  await page.route('**/api/v1/events*', (route) => (cut ? route.abort() : route.fallback()));
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
  // Escape leaves a search as it is; once more clears it.
  await page.goBack();
  await page.getByRole('heading', { name: 'No case meets these filters' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  assert.equal(query(page).get('q'), 'nothing of the kind');
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('q'));
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

test('areas take the shade of a rate too, and what came in today is one press away', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: DESK });
  await page.goto('/desk');
  await settled(page);
  await page.getByRole('combobox', { name: 'On the map' }).selectOption('resolution');
  await page.waitForURL(/show=resolution/);
  const legend = page.getByRole('list', { name: /^Legend/ });
  await legend.getByText(/%/).first().waitFor();
  await settled(page);
  await picture(page, 'desk-rates');
  const today = page.getByRole('navigation', { name: 'Cases by stage' });
  await today.getByRole('link', { name: /In today/ }).click();
  await page.waitForURL(/from=/);
});
