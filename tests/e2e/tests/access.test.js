// Signing in and out, and what stays closed.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, openPage, picture, TABLET, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a wrong password is refused, a right one leads to the page that was asked for', async () => {
  const { id } = await caseAt('submitted');
  const leader = person('leader');
  const page = await openPage({ lang: 'en', size: TABLET, allow: [/401/] });
  await page.goto(`/cases/${id}`);
  await page.getByRole('heading', { name: 'Staff sign-in' }).waitFor();
  await page.getByRole('button', { name: 'Sign in' }).click();
  const summary = page.getByRole('alert');
  await summary.getByText('Enter your user name').waitFor();
  await summary.getByText('Enter your password').waitFor();
  await page.getByLabel('User name').fill(leader.name);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await summary.getByText('User name or password is wrong').waitFor();
  assert.equal(await page.getByLabel('Password').inputValue(), '');
  assert.equal(await page.getByLabel('User name').inputValue(), leader.name);
  await picture(page, 'sign-in-refused');
  await page.getByLabel('Password').fill(leader.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: new RegExp(id) }).waitFor();
  // A leader reads and decides nothing here.
  await page.getByText('An operator is to accept or decline it.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Accept' }).count(), 0);

  await page.locator('summary').filter({ visible: true }).first().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Staff sign-in' }).waitFor();
  await page.goto('/desk');
  await page.getByRole('heading', { name: 'Staff sign-in' }).waitFor();
});

test('a session that has ended leads back through sign-in to the same page', async () => {
  const page = await openPage({
    as: person('leader'),
    lang: 'en',
    size: TABLET,
    allow: [/401/],
  });
  await page.goto('/desk?stage=closed');
  await page.locator('[data-case]').first().waitFor();
  await page.context().clearCookies();
  await page.getByRole('link', { name: /Declined/ }).click();
  await page.getByRole('heading', { name: 'Staff sign-in' }).waitFor();
  const leader = person('leader');
  await page.getByLabel('User name').fill(leader.name);
  await page.getByLabel('Password').fill(leader.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/desk\?stage=declined/);
});

test('what does not exist is said to', async () => {
  const page = await openPage({
    as: person('leader'),
    lang: 'en',
    size: TABLET,
    allow: [/404/],
  });
  await page.goto('/no/such/page');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.goto('/cases/99999999');
  await page.getByText('there is no case C99999999').waitFor();
});
