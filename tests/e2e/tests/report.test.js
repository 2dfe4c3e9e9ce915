// Residents: reporting when the network fails, mistakes, following by code.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  closePages,
  kept,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { photo } from '../lib/photo.js';
import { person } from '../lib/people.js';
import { noneOfThese } from '../lib/report.js';
import { caseAt, howMany, request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const next = (page) => page.getByRole('button', { name: 'Continue' }).click();

/** Fills the report as far as the last step. */
async function fill(page, words) {
  await page.goto('/report');
  await page.getByLabel('Address or landmark').fill('91 Tingfan Road');
  await next(page);
  await page.getByLabel('What happened').fill(words);
  await next(page);
  await noneOfThese(page);
  await page.getByRole('heading', { name: 'How can we reach you?' }).waitFor();
  await next(page);
  await page.getByText(words).waitFor();
}

test('a report written offline outlives a reload and is sent once, by itself', async () => {
  const words = `Offline lamp ${Date.now()}`;
  const page = await openPage({
    lang: 'en',
    size: PHONE,
    allow: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/],
  });
  await fill(page, words);
  await kept(page);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'Kept on this device' }).waitFor();
  await page.getByText('Waiting for a connection').waitFor();
  assert.equal(await howMany(words), 0);
  await assertAccessible(page, 'the outbox of a resident');
  await picture(page, 'report-offline', { fullPage: true });

  // The page opens again without a connection, with what was written.
  await page.reload();
  await page.getByText('Waiting for a connection').waitFor();
  await page.context().setOffline(false);
  await page.getByText('Received', { exact: true }).waitFor({ timeout: 30_000 });
  assert.match(await page.locator('[data-draft] a').textContent(), /^[0-9A-Z-]{14}$/);
  assert.equal(await howMany(words), 1);

  // The next report begins empty, and going back does not send again.
  await page.getByRole('link', { name: 'Report', exact: true }).first().click();
  await settled(page);
  assert.equal(await page.getByLabel('Address or landmark').inputValue(), '');
  await page.goBack();
  assert.equal(await howMany(words), 1);
});

test('a report that is sent while one looks on shows its code as soon as there is a line', async () => {
  const words = `Line comes back ${Date.now()}`;
  const page = await openPage({
    lang: 'en',
    size: PHONE,
    allow: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/],
  });
  await fill(page, words);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'Kept on this device' }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'We have your report' }).waitFor({ timeout: 30_000 });
  assert.match(await page.locator('#follow-code').textContent(), /^[0-9A-Z-]{14}$/);
  assert.equal(await howMany(words), 1);
});

test('without a connection the pages of residents open, and others say that they cannot', async () => {
  const page = await openPage({
    lang: 'en',
    size: PHONE,
    allow: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/],
  });
  await page.goto('/report');
  await settled(page);
  await kept(page);
  await page.context().setOffline(true);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Tell Yunling once' }).waitFor();
  await page.goto('/follow');
  await page.getByRole('heading', { name: 'Follow a report' }).waitFor();
  await page.goto('/near');
  await page.getByText('The server cannot be reached').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'Done near me' }).waitFor({ timeout: 30_000 });
});

test('a report whose answer was lost on the way is not filed twice', async () => {
  const words = `Lost answer ${Date.now()}`;
  const page = await openPage({
    lang: 'en',
    size: PHONE,
    allow: [/ERR_FAILED/],
  });
  await fill(page, words);
  await page.route('**/api/v1/requests', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('it may have arrived').waitFor();
  assert.equal(await howMany(words), 1, 'it had arrived');
  await page.unroute('**/api/v1/requests');
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('heading', { name: 'We have your report' }).waitFor();
  assert.match(await page.locator('#follow-code').textContent(), /^[0-9A-Z-]{14}$/);
  assert.equal(await howMany(words), 1);
});

test('a photo chosen for a report is still there after a reload, and arrives with it', async () => {
  const words = `With photo ${Date.now()}`;
  const page = await openPage({ lang: 'en', size: PHONE });
  await page.goto('/report?step=details');
  await page.locator('#photos').setInputFiles(photo(160));
  await page.getByRole('img', { name: 'Photo 1' }).waitFor();
  await picture(page, 'report-details', { fullPage: true });
  await page.reload();
  await page.getByRole('img', { name: 'Photo 1' }).waitFor();
  await page.getByLabel(/^Anything else/).fill('since Monday');
  await page.goto('/report');
  await page.getByLabel('Address or landmark').fill('91 Tingfan Road');
  await next(page);
  await page.getByLabel('What happened').fill(words);
  await next(page);
  await noneOfThese(page);
  await next(page);
  await page.getByText('1 photo').waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'We have your report' }).waitFor();
  const operator = await signedIn(person('operator'));
  const { cases } = await operator.get(`/api/v1/cases?q=${encodeURIComponent(words)}`);
  const file = await operator.get(`/api/v1/cases/${cases[0].id}`);
  assert.equal(file.words, `${words}\nsince Monday`);
  assert.equal(file.files.length, 1);
});

test('what is missing is said in the words of the field, at the top and at the field', async () => {
  const page = await openPage({ lang: 'en', size: PHONE });
  await page.goto('/report');
  await next(page);
  const summary = page.getByRole('alert');
  await summary.getByText('Give an address, or show the place on the map').waitFor();
  assert.ok(await summary.evaluate((box) => box === document.activeElement), 'it has the focus');
  await summary.getByRole('link').click();
  const address = page.getByLabel('Address or landmark');
  assert.ok(await address.evaluate((field) => field === document.activeElement));
  assert.equal(await address.getAttribute('aria-invalid'), 'true');
  await address.fill('91 Tingfan Road');
  await next(page);
  await page.getByRole('heading', { name: 'What is it?' }).waitFor();
  await next(page);
  await page.getByRole('alert').getByText('Say what it is').waitFor();
  await picture(page, 'report-missing');
});

test('what the server refuses is shown at its field', async () => {
  const page = await openPage({ lang: 'en', size: PHONE, allow: [/422/] });
  await fill(page, `Refused ${Date.now()}`);
  await page.route('**/api/v1/requests', async (route) => {
    const body = {
      ...route.request().postDataJSON(),
      category: 'no-such-category',
    };
    await route.continue({ postData: JSON.stringify(body) });
  });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'What is it?' }).waitFor();
  const summary = page.getByRole('alert');
  assert.match(await summary.textContent(), /categor/);
  await summary.getByRole('link').click();
  assert.ok(await page.locator('#category').evaluate((field) => field === document.activeElement));
});

test('a code that nobody was given is refused and can be corrected', async () => {
  const { follow_code: code } = await request('The lamp is out.');
  const page = await openPage({ lang: 'en', size: PHONE, allow: [/404/] });
  await page.goto('/follow');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('alert').getByText('Enter the follow-up code').waitFor();
  await page.getByLabel('Follow-up code').fill('0000-0000-0000');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('alert').getByText('There is no code 0000-0000-0000').waitFor();
  assert.equal(await page.getByLabel('Follow-up code').inputValue(), '0000-0000-0000');
  // As it is read aloud: small letters, no hyphens.
  await page.getByLabel('Follow-up code').fill(code.toLowerCase().replaceAll('-', ''));
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('The lamp is out.').waitFor();
});

test('a resident who is not content has the case opened again', async () => {
  const { id, code } = await caseAt('closed');
  const page = await openPage({ lang: 'en', size: PHONE });
  await page.goto(`/follow/${code}`);
  await page.getByRole('radio', { name: 'Not solved' }).check();
  await page.getByRole('button', { name: 'Send answer' }).click();
  await page.getByText('Thank you. Your answer is on record.').waitFor();
  await page.getByText('You said: Not solved').waitFor();
  await page.getByText('Not done? Ask for it to be opened again').click();
  await page.getByRole('button', { name: 'Ask to open again' }).click();
  await page.getByRole('alert').getByText('Say what is not done').waitFor();
  await page.getByLabel('What is not done').fill('It is out again.');
  await page.getByRole('button', { name: 'Ask to open again' }).click();
  await page.getByText('It is open again and will be sent to a unit.').waitFor();
  await picture(page, 'follow-reopened', { fullPage: true });
  const operator = await signedIn(person('operator'));
  const file = await operator.get(`/api/v1/cases/${id}`);
  assert.equal(file.reopened, 1);
  assert.equal(file.timeline.find((one) => one.event === 'called_back').data.solved, false);
});
