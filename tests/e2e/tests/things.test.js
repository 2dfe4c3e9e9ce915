// Things and devices: what was last read and when, how it went, and whom not to believe.
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
import { placeInCity, sender, silenceRule, streamOf, thing } from '../lib/things.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a thing shows its latest reading, its course and its alerts; a device that lies is shown', async () => {
  const run = Date.now() % 1_000_000;
  const property = `rainfall-${run}`;
  const gauge = `雨量站 ${run}`;
  const own = await thing(gauge, { property, unit: 'mm', place: await placeInCity(2) });
  const other = await thing(`${gauge} 之二`, { property, unit: 'mm', place: await placeInCity(3) });
  const stream = await streamOf(own);
  const account = await sender(`gauge-${run}`);
  const device = await signedIn(account);
  for (let minutes = 40; minutes >= 0; minutes -= 4) {
    await device.post(`/sta/v1.1/Datastreams(${stream})/Observations`, {
      phenomenonTime: new Date(Date.now() - minutes * 60_000).toISOString(),
      result: 12.5 + 10 * Math.sin(minutes / 8),
    });
  }
  const name = { zh: `雨量站静默 ${run}`, en: `Rain gauge silent ${run}` };
  await silenceRule(`rain-silent-${run}`, name, property, 'red');

  const page = await openPage({ as: person('leader') });
  await page.goto(`/things?q=${encodeURIComponent(gauge)}`);
  await page.getByText('12.5 mm').waitFor();
  await page.getByRole('link', { name: name.zh }).first().waitFor();
  await settled(page);
  await assertAccessible(page, 'things');
  await picture(page, 'things', { fullPage: true });
  await page.getByRole('link', { name: gauge, exact: true }).click();
  await page.waitForURL(/\/things\/\d+$/);
  await page.getByRole('img', { name: `${property}的读数` }).waitFor();
  await page.getByRole('link', { name: name.zh }).waitFor();
  await page.getByText('图后的数字').click();
  assert.equal(await page.locator('tbody tr').count(), 11);
  await assertAccessible(page, 'a thing');
  await picture(page, 'thing', { fullPage: true });

  for (const [lang, dark] of [
    ['en', true],
    ['zh', false],
  ]) {
    const phone = await openPage({ as: person('leader'), lang, dark, size: PHONE });
    await phone.goto(`/things?q=${encodeURIComponent(gauge)}`);
    await phone.getByText('12.5 mm').waitFor();
    await settled(phone);
    await assertNoOverflow(phone, `things ${lang}`);
    await assertAccessible(phone, `things ${lang}`);
    await picture(phone, `things-${lang}-phone`, { fullPage: true });
    await phone.goto(`/things/${own}?range=week`);
    await phone.locator('svg[role=img]').waitFor();
    await assertNoOverflow(phone, `a thing ${lang}`);
    await assertAccessible(phone, `a thing ${lang}`);
    await picture(phone, `thing-${lang}-phone`, { fullPage: true });
  }

  // Registered for one thing, it speaks for another: nothing is taken from it any more.
  const steward = await signedIn(person('steward'));
  await steward.put(`/api/v1/devices/${account.name}`, {
    things: [own],
    firmware: '2.4.1',
    calibrated: '2026-05-04',
    owner: 'drainage',
    most_per_minute: 600,
  });
  const wrong = `/sta/v1.1/Datastreams(${await streamOf(other)})/Observations`;
  for (let times = 0; times < 12; times += 1) {
    await assert.rejects(device.post(wrong, { result: 1 }));
  }

  const keeper = await openPage({ as: person('steward'), lang: 'en', dark: true });
  await keeper.goto('/devices?only=quarantined');
  const card = keeper.getByRole('article').filter({ hasText: account.name });
  await card.getByText('spoke for other things').waitFor();
  await card.getByRole('button', { name: 'Release' }).click();
  await card.getByRole('button', { name: 'Release it' }).click();
  await card.getByText('This must not be empty').waitFor();
  await assertAccessible(keeper, 'devices');
  await assertNoOverflow(keeper, 'devices');
  await picture(keeper, 'devices');
  await card.getByLabel(/What was found/).fill('配置有误，已改');
  await card.getByRole('button', { name: 'Release it' }).click();
  await keeper.getByText(`${account.name} is released`).waitFor();

  const phone = await openPage({ as: person('leader'), size: PHONE });
  await phone.goto('/devices');
  await phone.getByRole('article').filter({ hasText: account.name }).getByText('正常').waitFor();
  await assertNoOverflow(phone, 'devices on a telephone');
  await assertAccessible(phone, 'devices on a telephone');
  await picture(phone, 'devices-phone');
});
