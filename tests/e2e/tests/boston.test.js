// A real city's file: its areas and requests are imported, and one of its cases is
// taken through the loop.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, picture, settled, useBrowser } from '../lib/browser.js';
import { bostonUrl, person } from '../lib/people.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a case of the Boston file is opened again and goes all the way', async (t) => {
  if (!bostonUrl) {
    console.log('skipped: no ../shared/data');
    t.skip('no ../shared/data');
    return;
  }
  const staff = person('operator', 'boston');
  const operator = await signedIn(staff, bostonUrl);
  const { cases, next } = await operator.get('/api/v1/cases?unit=pwdx&stage=closed&limit=1');
  assert.ok(next, 'there is more than one');
  const [{ id, category }] = cases;

  const desk = await openPage({
    base: bostonUrl,
    lang: 'en',
    size: DESK,
    as: staff,
  });
  await desk.goto('/desk');
  await settled(desk);
  await desk.getByRole('link', { name: /4,995\s*All/ }).waitFor();
  await picture(desk, 'boston-desk');
  await desk.goto(`/cases/${id}`);
  await desk.getByText('Import (boston311)').first().waitFor();
  await desk.getByText('without passed verification').first().waitFor();
  await desk.locator('summary').filter({ hasText: 'Reopen' }).click();
  await desk.getByLabel('Why it is opened again').fill('The crew found the wrong corner.');
  await desk.getByRole('button', { name: 'Reopen', exact: true }).click();
  await desk.getByText(/Done. The case is now/).waitFor();
  assert.equal((await operator.get(`/api/v1/cases/${id}`)).category, category);
  await desk.getByRole('radio', { name: /PWDx/ }).check();
  await desk.getByRole('button', { name: 'Dispatch', exact: true }).click();
  await desk.getByText('The unit is to contact the resident').waitFor();

  const crew = await openPage({ base: bostonUrl, lang: 'en', size: DESK, as: person('pwdx', 'boston') }); // prettier-ignore
  await crew.goto(`/cases/${id}`);
  await crew.getByRole('button', { name: 'Start', exact: true }).click();
  await crew.getByLabel('What was done').fill('Picked up on the right corner.');
  await crew.getByRole('button', { name: 'Report back', exact: true }).click();
  await crew.getByText('The unit says it is done').waitFor();

  await desk.getByRole('radio', { name: 'Done, passed' }).check();
  await desk.getByRole('button', { name: 'Verify', exact: true }).click();
  await desk.getByText('Verification passed; the case can be closed.').waitFor();
  await desk.getByRole('button', { name: 'Close', exact: true }).click();
  await desk.getByText('Done. The case is now “Closed”').waitFor();
  await desk.getByRole('button', { name: 'Verify on this device' }).click();
  await desk.getByText(/All \d+ entries are proven/).waitFor();
  await picture(desk, 'boston-closed', { fullPage: true });
});
