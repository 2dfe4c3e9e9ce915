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
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: '存为 PNG' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), `readings-${stream}.png`);
  await saved.saveAs(`${process.env.PICTURES}/thing-chart.png`);
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
  const registration = {
    things: [own],
    firmware: '2.4.1',
    calibrated: '2026-05-04',
    owner: 'drainage',
    most_per_minute: 600,
  };
  await steward.put(`/api/v1/devices/${account.name}`, registration, 0);
  const wrong = `/sta/v1.1/Datastreams(${await streamOf(other)})/Observations`;
  for (let times = 0; times < 12; times += 1) {
    await assert.rejects(device.post(wrong, { result: 1 }));
  }

  const keeper = await openPage({ as: person('steward'), lang: 'en', dark: true });
  await keeper.goto('/devices?state=quarantined');
  const row = keeper.getByRole('row').filter({ hasText: account.name });
  await row.getByText('spoke for other things').waitFor();
  await assertAccessible(keeper, 'devices');
  await assertNoOverflow(keeper, 'devices');
  await picture(keeper, 'devices');
  await row.getByRole('link', { name: account.name }).click();
  await keeper.getByRole('button', { name: 'Release', exact: true }).click();
  await keeper.getByRole('button', { name: 'Release it' }).click();
  await keeper.getByText('This must not be empty').waitFor();
  await keeper.getByLabel(/What was found/).fill('配置有误，已改');
  await keeper.getByRole('button', { name: 'Release it' }).click();
  await keeper.getByText(`${account.name} is released`).waitFor();
  await keeper.getByRole('button', { name: 'Edit', exact: true }).click();
  await keeper.getByLabel('Firmware', { exact: true }).fill('2.5.0');
  await assertAccessible(keeper, 'the form of a device');
  await picture(keeper, 'device-form', { fullPage: true });
  await keeper.getByRole('button', { name: 'Save', exact: true }).click();
  await keeper.getByText(`${account.name} is registered`).waitFor();
  await keeper.getByRole('definition').filter({ hasText: '2.5.0' }).waitFor();

  // A gateway tells what it left out while it was cut off.
  await device.post('/api/v1/edge/standing', {
    waiting: 7,
    buffer: 10_000,
    dropped: 123,
    dropped_at: new Date().toISOString(),
    refused: 0,
  });
  const phone = await openPage({ as: person('leader'), size: PHONE });
  await phone.goto('/devices');
  await phone.getByText('有 123 条读数没有传来').waitFor();
  await phone.getByRole('row').filter({ hasText: account.name }).getByText('正常').waitFor();
  await assertNoOverflow(phone, 'devices on a telephone');
  await assertAccessible(phone, 'devices on a telephone');
  await picture(phone, 'devices-phone');
});

test('a steward registers a device, hands it a key once, and tries what its messages mean', async () => {
  const run = Date.now() % 1_000_000;
  const gauge = `水位站 ${run}`;
  const own = await thing(gauge, { property: 'level', unit: 'm', place: await placeInCity(6) });
  const stream = await streamOf(own);
  const page = await openPage({ as: person('steward'), size: PHONE, allow: [/422/] });
  await page.goto('/devices');
  await page.getByRole('link', { name: '登记设备' }).click();
  await page.getByRole('button', { name: '保存登记' }).click();
  await page.getByRole('alert').getByRole('link', { name: /名称/ }).waitFor();
  await page.getByLabel('名称', { exact: true }).fill(`level-${run}`);
  await page.getByRole('combobox', { name: '代哪些监测物发送' }).fill(gauge);
  await page.locator('datalist option').first().waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await page.getByRole('listitem').filter({ hasText: gauge }).waitFor();
  await assertNoOverflow(page, 'registering a device on a telephone');
  await assertAccessible(page, 'registering a device');
  await page.getByRole('button', { name: '保存登记' }).click();
  await page.getByText(`已登记 level-${run}`).waitFor();
  await page.getByRole('button', { name: '发新密钥' }).click();
  await page.getByText(`level-${run} 的密钥`).waitFor();
  const key = await page.locator('.secret code').innerText();
  assert.ok(key.length > 20);
  await page.reload();
  await page.getByRole('button', { name: '发新密钥' }).waitFor();
  assert.equal(await page.getByText(key).count(), 0, 'a key is told once');
  // A new one takes the place of the old one; and one is ended by itself.
  const keys = page.getByRole('region', { name: '密钥' });
  await keys.getByText('尚未使用').waitFor();
  const old = await keys.locator('li code').innerText();
  await keys.getByLabel('同时停用原有的 1 把密钥').check();
  await keys.getByRole('button', { name: '发新密钥' }).click();
  await keys.locator('li code', { hasText: old }).waitFor({ state: 'detached' });
  assert.equal(await keys.locator('li code').count(), 1);
  await picture(page, 'device-phone', { fullPage: true });
  await keys.getByRole('button', { name: /^停用 / }).click();
  await keys.getByRole('button', { name: /^确定停用/ }).click();
  await keys.getByText('还没有密钥').waitFor();
  const history = page.getByRole('region', { name: '历次修改' });
  await history.getByText(`− ${old}`).waitFor();
  await assertNoOverflow(page, 'a device on a telephone');
  await assertAccessible(page, 'a device');

  await page.goto('/devices/mappings?code=');
  await page.getByLabel('代码', { exact: true }).fill(`level-${run}`);
  await page.getByLabel('主题', { exact: true }).fill('stations/+/level');
  await page.getByLabel('第 1 行：+ 处的内容').fill('7');
  await page.getByLabel('第 1 行：数据流编号').fill(String(stream));
  await page.getByLabel('结果在哪里').fill('/data/level');
  await page.getByLabel('消息的主题').fill('stations/8/level');
  await page.getByLabel('消息内容').fill('{"data": {"level": 1.25}}');
  await page.getByRole('button', { name: '试一试' }).click();
  await page.getByText('映射中没有此主题的数据流').waitFor();
  await page.getByLabel('消息的主题').fill('stations/7/level');
  await page.getByRole('button', { name: '试一试' }).click();
  await page.getByText(`成为数据流 ${stream} 的读数 1.25`).waitFor();
  await assertNoOverflow(page, 'a mapping on a telephone');
  await assertAccessible(page, 'a mapping');
  await picture(page, 'mapping-phone', { fullPage: true });
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.waitForURL(new RegExp(`code=level-${run}`));
  const dark = await openPage({ as: person('steward'), lang: 'en', dark: true });
  await dark.goto('/devices/mappings');
  const row = dark.getByRole('row').filter({ hasText: `level-${run}` });
  await row.getByText('stations/+/level').waitFor();
  await row.getByRole('link').click();
  await dark.getByRole('heading', { level: 1, name: `level-${run}` }).waitFor();
  await assertAccessible(dark, 'a mapping in the dark');
});
