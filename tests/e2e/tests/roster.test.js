// Duty rosters: who sits when, who is on now, when nobody is, and two who change places.
import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
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
import { lightingUnit, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const HOUR_MS = 3_600_000;
const WEEK_H = 7 * 24;

/** As a browser's own field for date and time wants it, by the city's clock. */
function local(hours) {
  const at = new Date(Date.now() + (hours + 8) * HOUR_MS);
  return at.toISOString().slice(0, 16);
}

/** Hours from now at which one shift began, the next follows and both are over. Both begin
    in the week that the city has now, at whatever hour of it. */
function shiftsNow() {
  // 5 January 1970 was a Monday.
  const since = (Date.now() / HOUR_MS + 8 - 4 * 24) % WEEK_H;
  return [-Math.min(1, since), Math.min(5, (WEEK_H - since) / 2), 11];
}

test('a steward sets a week, two people change places, and that is undone', async () => {
  const unit = await lightingUnit();
  const steward = await openPage({ as: person('steward') });
  const path = `/api/v1/roster/${unit.code}`;
  const { version } = await (await steward.context().request.get(path)).json();
  const headers = { 'If-Match': `"${version}"` };
  await steward.context().request.post(path, { data: { shifts: [] }, headers });
  await steward.goto(`/roster?unit=${unit.code}`);
  await steward.getByText('这一周没有安排值班。').waitFor();
  // Others are on duty now; of this unit nobody is.
  await steward.locator('.now').waitFor();
  assert.equal(await steward.locator('.now').getByText(unit.name.zh).count(), 0);
  await assertAccessible(steward, 'an empty roster');
  await steward.getByRole('button', { name: '编辑这一周' }).click();
  const [began, follows, over] = shiftsNow().map(local);
  for (const [at, who, from, until] of [
    [0, '李娜', began, follows],
    [1, '王强', follows, over],
  ]) {
    await steward.getByRole('button', { name: '添加一班' }).click();
    const shift = steward.locator('fieldset').nth(at);
    await shift.getByLabel('值班人').fill(who);
    await shift.getByLabel('起').fill(from);
    await shift.getByLabel('止').fill(until);
    if (at === 0) await shift.getByLabel('电话').fill('19900001234');
  }
  // What is missing is named, and what was typed stays.
  await steward.getByRole('button', { name: '保存' }).click();
  await steward.getByRole('link', { name: '请写电话' }).click();
  await steward.keyboard.type('19900005678');
  // What is half under the head of the page counts as too small to press.
  await steward.evaluate(() => scrollTo(0, 0));
  await assertAccessible(steward, 'editing');
  await picture(steward, 'roster-edit', { fullPage: true });
  await steward.getByRole('button', { name: '保存' }).click();
  await steward.getByText('值班表已保存').waitFor();
  await steward.locator('.now').getByText('李娜').waitFor();

  // The unit's own people swap, on a telephone too.
  const crew = await openPage({ as: unit.staff, lang: 'en', dark: true, size: PHONE });
  await crew.goto('/roster');
  await crew.getByLabel(/^Choose the shift of 李娜/).check();
  await crew.getByLabel(/^Choose the shift of 王强/).check();
  await assertAccessible(crew, 'swapping');
  await assertNoOverflow(crew, 'roster');
  await picture(crew, 'roster-swap', { fullPage: true });
  await crew.getByRole('button', { name: 'Swap 李娜 and 王强' }).click();
  await crew.getByText('李娜 and 王强 have changed places').waitFor();
  await crew.locator('.now').getByText('王强').waitFor();
  await crew.getByRole('button', { name: 'Undo' }).click();
  await crew.locator('.now').getByText('李娜').waitFor();
  await steward.reload();
  await settled(steward);
  await steward.getByRole('heading', { name: '无人值守的时段' }).waitFor();
  await picture(steward, 'roster', { fullPage: true });
  const staff = await signedIn(unit.staff);
  const { shifts } = await staff.get(`/api/v1/roster/${unit.code}`);
  assert.deepEqual(
    shifts.map((one) => one.person),
    ['李娜', '王强'],
  );
});
