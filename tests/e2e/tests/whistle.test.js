// Whistles: blown in two taps from a case, answered by the units, shown on a board.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt, lightingUnit } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('from a case two taps blow a whistle, and the called unit checks in', async () => {
  const unit = await lightingUnit();
  const { id } = await caseAt('dispatched', `整条街的路灯都不亮 ${Date.now()}`);
  const desk = await openPage({ as: person('operator') });
  await desk.goto(`/cases/${id}`);
  await settled(desk);
  await desk.getByRole('link', { name: '吹哨', exact: true }).last().click();
  await desk.getByRole('heading', { name: `为案卷 ${id} 吹哨` }).waitFor();
  // What the case says is filled in already: its words and its lead unit.
  await desk.getByRole('checkbox', { name: unit.name.zh }).waitFor();
  assert.match(await desk.getByLabel('要被叫单位做什么').inputValue(), /路灯都不亮/);
  await assertAccessible(desk, 'the form to blow a whistle');
  await desk.getByRole('button', { name: '吹哨', exact: true }).click();
  await desk.waitForURL(/\/whistles\/W\d+$/);
  const whistle = desk.url().split('/').at(-1);

  const board = await openPage({ as: person('operator'), lang: 'en' });
  await board.goto('/whistles');
  const card = board.getByRole('article').filter({ hasText: whistle });
  await card.getByText(/left/).first().waitFor();
  await assertAccessible(board, 'the board');
  await assertNoOverflow(board, 'the board');
  await picture(board, 'whistle-board');

  const staff = await openPage({ as: unit.staff, lang: 'en', size: PHONE });
  await staff.goto(`/whistles/${whistle}`);
  await staff.getByRole('heading', { name: 'Check in', exact: true }).waitFor();
  await staff.getByLabel('Where you are').fill('');
  await staff.getByRole('button', { name: 'Check in', exact: true }).click();
  await staff.getByRole('alert').getByText('Where you are').waitFor();
  // The news of it comes before the answer.
  await staff.route('**/check-in', async (route) => {
    const response = await route.fetch();
    await staff.getByText('in time').first().waitFor();
    await route.fulfill({ response });
  });
  await staff.getByLabel('Name of who came').fill('Li Na');
  await staff.getByLabel('Where you are').fill('听帆路 91 号');
  await staff.getByRole('button', { name: 'Check in', exact: true }).click();
  await staff.getByText('Done: Check in').waitFor();
  await assertAccessible(staff, 'a whistle on a telephone');
  await assertNoOverflow(staff, 'a whistle on a telephone');
  await picture(staff, 'whistle-checked-in');

  // The board and the caller hear of it without a reload.
  await card.getByText('came in time').waitFor();
  await desk.getByText('按时报到').first().waitFor();
  await desk.getByRole('button', { name: '确认完成' }).click();
  await desk.getByText('已确认完成').waitFor();
  await picture(desk, 'whistle-confirmed');
});

test('a campaign without a milestone is not blown, and the summary says what is missing', async () => {
  const page = await openPage({ as: person('operator'), lang: 'en' });
  await page.goto('/whistles/new');
  await page.getByRole('radio', { name: /Campaign/i }).check();
  await page.getByRole('button', { name: 'Blow', exact: true }).click();
  const summary = page.getByRole('alert');
  await summary.getByText('Call one unit at least').waitFor();
  await summary.getByText('A campaign needs milestones').waitFor();
  await summary.getByText(/What the called units are to do/).waitFor();
});
