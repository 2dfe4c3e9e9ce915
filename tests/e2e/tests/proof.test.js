// What the reader's own browser finds when the server, or somebody between, cheats.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, test } from 'node:test';
import { closePages, openPage, picture, TABLET, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const WORDS = '路灯三天没有亮了，巷子里很黑。';

/** The case's page, with the answers of an address changed on the way. */
async function caseWith(address, change, options = {}) {
  const { id } = await caseAt('dispatched', WORDS);
  const page = await openPage({
    as: person('operator'),
    lang: 'en',
    size: TABLET,
    ...options,
  });
  await page.route(new RegExp(`/api/v1/cases/${id}${address}$`), async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    await route.fulfill({ response: answer, json: change(json) ?? json });
  });
  await page.goto(`/cases/${id}`);
  return { page, id };
}

const refused = (page) => page.locator('[data-proof="refused"]').textContent();

async function check(page) {
  await page.getByRole('button', { name: 'Verify on this device' }).click();
}

test('an entry that was changed is named, and its words are not trusted', async () => {
  let changed;
  const { page } = await caseWith('/proof', (proof) => {
    const entry = proof.entries[1];
    changed = entry.index;
    entry.entry = entry.entry.replace('street-light', 'water-outage');
  });
  await check(page);
  assert.match(await refused(page), new RegExp(`Entry ${changed}: It was changed`));
  assert.equal(await page.getByText('✓ verified').count(), 0);
  await picture(page, 'proof-refused', { fullPage: true });
});

test('sealed words that are not those that were sealed are named', async () => {
  let first;
  const { page } = await caseWith('/proof', (proof) => {
    first = proof.entries[0].index;
    proof.entries[0].sealed.body = proof.entries[0].sealed.body.replace('三天', '一天');
  });
  await check(page);
  assert.match(await refused(page), new RegExp(`Entry ${first}: The words are not those`));
});

test('a page that shows other words than the record holds is found out', async () => {
  let first;
  const { page } = await caseWith('', (file) => {
    first = file.timeline[0].seq;
    file.words = '一切都好。';
  });
  await page.getByText('一切都好。').first().waitFor();
  await check(page);
  assert.match(await refused(page), new RegExp(`Entry ${first}: The page shows something else`));
});

test('an entry that is shown but left out of the proof is missed', async () => {
  let left;
  const { page } = await caseWith('/proof', (proof) => {
    left = proof.entries.splice(1, 1)[0].index;
  });
  await check(page);
  assert.match(await refused(page), new RegExp(`Entry ${left}: The page shows this entry, but`));
});

test('a log under another key than this device saw before is refused', async () => {
  const { page, id } = await caseWith('/proof', () => null);
  await check(page);
  await page.getByText('All 3 entries are proven').waitFor();
  await page.getByText('seen on this device for the first time').waitFor();
  await page.evaluate(() => {
    const key = localStorage.getItem('yiwang.log-key');
    localStorage.setItem(
      'yiwang.log-key',
      key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    );
  });
  await page.goto(`/cases/${id}`);
  await check(page);
  assert.match(await refused(page), /The key is not the one this device saw before/);
});

test('the proof can be taken away and is the one that was checked', async () => {
  const { page, id } = await caseWith('/proof', () => null);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the proof' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `${id}-proof.json`);
  const proof = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(proof.subject, `case/${id.slice(1)}`);
  assert.equal(proof.entries.length, 3);
});

test('who may not see the words can still verify the history', async () => {
  const { page } = await caseWith('/proof', () => null, {
    as: person('auditor'),
  });
  await check(page);
  await page.getByText('All 3 entries are proven').waitFor();
  await page.getByText('1 not shown to you').waitFor();
  assert.equal(await page.getByText(WORDS).count(), 0);
});
