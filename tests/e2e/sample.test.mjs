// On the sample city: a resident's report goes the whole way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import {
  PASSWORD,
  accept,
  address,
  checkProof,
  closeCase,
  dispatch,
  openBrowser,
  picture,
  reportBack,
  signIn,
  start,
  verify,
} from './desk.mjs';

let browser;

before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  assert.deepEqual(browser.faults, [], 'errors in pages, or addresses outside the server');
});

/** The password of someone of the sample city; units' people are named after their unit. */
function password(user) {
  const lines = readFileSync(`${process.env.YIWANG_DATA_DIR}/first-sign-in.txt`, 'utf8').split('\n');
  const found = lines.map((line) => line.trim().split(/\s+/)).find(([name]) => name === user);
  assert.ok(found, `nobody of ${user} can sign in`);
  return found[1];
}

async function report(page, words) {
  await page.goto(`${address}/report`);
  await page.fill('#address', '88 Renmin Road');
  await page.locator('.maplibregl-canvas').click({ position: { x: 160, y: 150 } });
  await page.click('button.go');
  await page.fill('#words', words);
  await page.locator('#category').selectOption({ index: 1 });
  await page.click('button.go');
  await page.fill('#name', 'Wang');
  await page.fill('#phone', '19900001234');
  await page.click('button.go');
  await page.locator('.answers').waitFor();
  await page.click('button.go');
  await page.locator('#follow-code').waitFor();
  return (await page.textContent('#follow-code')).trim();
}

test('a report sent from a phone arrives at the desk, goes the whole way, and its proof holds', async () => {
  const desk = await browser.page();
  await signIn(desk, 'e2e.operator');
  await desk.goto(`${address}/desk`);
  await desk.locator('li[data-case]').first().waitFor();
  const phone = await browser.page({ phone: true });
  const words = `The street light has been out for days ${Date.now()}`;
  const code = await report(phone, words);
  await picture(phone, 'report-sent-en');

  const row = desk.locator('li[data-case]', { hasText: words });
  // Rows do not move under the pointer: a line on top says that something came.
  await desk.locator('button.fresh').click();
  await row.waitFor();
  await picture(desk, 'desk-en');
  await row.locator('a').first().click();
  await accept(desk);
  const unit = await dispatch(desk);
  const id = new URL(desk.url()).pathname.split('/').pop();

  const crew = await browser.page();
  await signIn(crew, unit, password(unit));
  await crew.goto(`${address}/cases/${id}`);
  await start(crew);
  await reportBack(crew, 'Lamp replaced');

  await desk.reload();
  await verify(desk);
  await closeCase(desk);
  assert.equal(await checkProof(desk), 'proven');
  await picture(desk, 'case-en');

  await phone.goto(`${address}/follow/${encodeURIComponent(code)}`);
  await phone.locator('#solved-yes').check();
  await phone.locator('form:has(#solved-yes) button').last().click();
  await phone.getByText(/solved/i).first().waitFor();
  await picture(phone, 'follow-en');
});

test('a proof that was tampered with on its way is refused by the browser', async () => {
  const page = await browser.page();
  await signIn(page, 'e2e.operator');
  await page.route('**/proof', async (route) => {
    const response = await route.fetch();
    const proof = await response.json();
    proof.entries[0].entry = proof.entries[0].entry.replace('"v":', '"v": ');
    await route.fulfill({ response, json: proof });
  });
  await page.goto(`${address}/desk`);
  await page.locator('li[data-case] a').first().click();
  assert.equal(await checkProof(page), 'refused');
});

test('a wrong password is refused in the reader’s language', async () => {
  for (const [lang, says] of [
    ['en', /wrong/i],
    ['zh', /不对/],
  ]) {
    const page = await browser.page({ lang });
    await page.goto(`${address}/sign-in`);
    await page.fill('#user', 'e2e.operator');
    await page.fill('#password', `${PASSWORD}x`);
    await page.click('form button');
    await page.getByText(says).first().waitFor();
  }
});
