// Grid workers: patrol on a telephone, findings without a connection, whistles in two taps.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { afterEach, before, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  kept,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { photo } from '../lib/photo.js';
import { gridWorker, person } from '../lib/people.js';
import { howMany, lightingUnit, request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

/** The browser's own words for a connection that is not there. */
const NO_LINE = [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /ERR_NETWORK/];

let warden;
let here;
before(async () => {
  warden = gridWorker();
  const own = await signedIn(warden);
  const { cases } = await own.get('/api/v1/cases?limit=50');
  here = cases.find((one) => one.point).point;
});

async function openPatrol(options = {}) {
  const page = await openPage({ as: warden, at: here, size: PHONE, ...options });
  await page.goto('/patrol');
  await settled(page);
  return page;
}

async function find(page, words, red) {
  await page.getByRole('link', { name: '上报发现' }).click();
  await page.getByRole('heading', { name: '上报发现' }).waitFor();
  await page.getByLabel('选照片').setInputFiles(photo(red));
  await page.getByRole('img', { name: '第 1 张照片' }).waitFor();
  await page.getByLabel('发现了什么').fill(words);
  await page.getByLabel('地址或标志物').fill('听帆路 91 号');
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.getByRole('heading', { name: '巡查', exact: true }).waitFor();
}

test('findings written without a connection outlive a reload and arrive once each', async () => {
  const page = await openPatrol({ allow: NO_LINE });
  await kept(page);
  const [first, second] = [`井盖缺失 ${Date.now()}`, `树枝倒伏 ${Date.now()}`];
  await page.context().setOffline(true);
  await find(page, first, 200);
  await page.getByText('没有网络：已保存到本机').waitFor();
  await find(page, second, 40);
  await page.locator('[data-draft="waiting"]').nth(1).waitFor();
  await picture(page, 'patrol-outbox-offline', { fullPage: true });

  // The page itself opens, with what was written, and shows no case as if it were live.
  await page.reload();
  await page.getByText('没有网络。可以照常上报').waitFor();
  await page.locator('[data-draft="waiting"]').nth(1).waitFor();
  await page.getByRole('link', { name: '巡查单' }).click();
  assert.equal(await page.locator('main [data-case]').count(), 0);
  const shell = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map((request) => new URL(request.url).pathname);
  });
  assert.ok(shell.length > 5);
  for (const path of shell) assert.match(path, /^\/(assets\/.+)?$/, 'the page and no answer');
  await page.getByRole('link', { name: /^待发/ }).click();
  assert.equal(await howMany(first), 0);

  await page.context().setOffline(false);
  await page.locator('[data-draft="sent"]').nth(1).waitFor({ timeout: 30_000 });
  await picture(page, 'patrol-outbox-sent', { fullPage: true });
  assert.equal(await howMany(first), 1);
  assert.equal(await howMany(second), 1);
  await page.reload();
  await settled(page);
  assert.equal(await howMany(first), 1, 'coming back sends nothing again');

  // What arrived says who found it and when, and its photo says nothing of the camera.
  const operator = await signedIn(person('operator'));
  const { cases } = await operator.get(`/api/v1/cases?q=${encodeURIComponent(first)}`);
  const file = await operator.get(`/api/v1/cases/${cases[0].id}`);
  assert.match(file.words, /发现时间/);
  assert.equal(file.timeline[0].by, `user:${warden.name}`);
  assert.equal(file.files.length, 1);
  assert.equal(file.files[0].kind, 'jpeg');
});

test('a finding whose answer was lost is sent again and still is one case', async () => {
  const page = await openPatrol({ allow: NO_LINE });
  const words = `路面塌陷 ${Date.now()}`;
  let sent = 0;
  await page.route('**/api/v1/requests', async (route) => {
    sent += 1;
    await route.fetch();
    await route.abort();
  });
  await find(page, words, 90);
  await page.getByText('可能已经送达').waitFor();
  assert.equal(await howMany(words), 1, 'it had arrived');
  await page.unroute('**/api/v1/requests');
  await page.getByRole('button', { name: '现在发送' }).click();
  await page.locator('[data-draft="sent"]').first().waitFor();
  assert.equal(await howMany(words), 1);
  assert.ok(sent >= 1);
});

test('a photo is drawn anew on the device: no word of author and place is left', async () => {
  const page = await openPatrol({ allow: NO_LINE });
  await page.context().setOffline(true);
  await find(page, `照片 ${Date.now()}`, 120);
  const bytes = await page.evaluate(async () => {
    const asked = indexedDB.open('yiwang');
    const db = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
    const all = db.transaction('drafts').objectStore('drafts').getAll();
    const drafts = await new Promise((done) => (all.onsuccess = () => done(all.result)));
    return [...new Uint8Array(await drafts[0].photos[0].file.arrayBuffer())];
  });
  assert.deepEqual(bytes.slice(0, 3), [0xff, 0xd8, 0xff], 'a JPEG');
  assert.ok(!Buffer.from(bytes).includes('GPS 39.9042'));
  assert.ok(photo(120).buffer.includes('GPS 39.9042'), 'which the chosen file had');
  await page.context().setOffline(false);
  await page.locator('[data-draft="sent"]').waitFor({ timeout: 30_000 });
});

test('a draft is deleted, taken back, deleted again and never sent', async () => {
  const page = await openPatrol({ allow: NO_LINE });
  const words = `删除 ${Date.now()}`;
  await page.context().setOffline(true);
  await find(page, words, 10);
  await page.getByRole('button', { name: '删除', exact: true }).click();
  await page.getByRole('button', { name: '撤销删除' }).click();
  await page.locator('[data-draft="waiting"]').waitFor();
  await page.getByRole('button', { name: '删除', exact: true }).click();
  await page.locator('[data-draft="removed"]').waitFor();
  await page.context().setOffline(false);
  await page.waitForTimeout(1_500);
  await page.reload();
  await page.getByText('没有待发的内容').waitFor();
  assert.equal(await howMany(words), 0);
});

test('what waits is sent in nobody else’s name: only after its writer has signed in again', async () => {
  const page = await openPatrol({ allow: [...NO_LINE, /401/] });
  const words = `会话过期 ${Date.now()}`;
  await page.context().setOffline(true);
  await find(page, words, 60);
  await page.locator('[data-draft="waiting"]').waitFor();
  await page.context().clearCookies();
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: '工作人员登录' }).waitFor({ timeout: 30_000 });
  assert.equal(await howMany(words), 0);
  await page.getByLabel('用户名').fill(warden.name);
  await page.getByLabel('密码').fill(warden.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('heading', { name: '巡查', exact: true }).waitFor();
  await page.locator('[data-draft="sent"]').waitFor({ timeout: 30_000 });
  assert.equal(await howMany(words), 1);
  const operator = await signedIn(person('operator'));
  const { cases } = await operator.get(`/api/v1/cases?q=${encodeURIComponent(words)}`);
  const file = await operator.get(`/api/v1/cases/${cases[0].id}`);
  assert.equal(file.timeline[0].by, `user:${warden.name}`);
});

test('an emergency whistle is blown with two taps, with the place filled in', async () => {
  const page = await openPatrol();
  await page.getByRole('link', { name: '应急哨' }).click();
  await page.getByRole('heading', { name: '应急哨' }).waitFor();
  await page.getByRole('checkbox').first().waitFor();
  await page.getByText('✓ 已定位').waitFor();
  await picture(page, 'patrol-whistle', { fullPage: true });
  await page.getByRole('button', { name: '吹哨', exact: true }).click();
  await page.waitForURL(/\/whistles\/W\d+$/);
  const own = await signedIn(warden);
  const whistle = await own.get(`/api/v1/whistles/${page.url().split('/').at(-1)}`);
  assert.equal(whistle.kind, 'emergency');
  const metres = (a, b) => Math.round(a * 1e6) - Math.round(b * 1e6);
  assert.equal(metres(whistle.point.lon, here.lon), 0);
  assert.equal(metres(whistle.point.lat, here.lat), 0);
  const { units } = await own.get('/api/v1/city');
  assert.equal(units.find((one) => one.code === whistle.by).kind, 'street');
});

test('a grid worker finds what is to be checked in the own areas, and checks it', async () => {
  const words = `待核查的路灯 ${Date.now()}`;
  const unit = await lightingUnit();
  const operator = await signedIn(person('operator'));
  const staff = await signedIn(unit.staff);
  const place = { address: '网格内', point: here };
  const { id } = await request(words, { place });
  await operator.act(id, 'accept', { category: 'street-light' });
  await operator.act(id, 'dispatch', { unit: unit.code });
  await staff.act(id, 'start', {});
  const page = await openPatrol();
  // It comes up while one looks on.
  await staff.act(id, 'report-back', { note: '换了灯头。' });
  const toCheck = page.getByRole('region', { name: '待现场核查' });
  await toCheck.getByText(words).click({ timeout: 20_000 });
  await page.getByRole('heading', { name: '下一步：核查' }).waitFor();
  await page.getByRole('radio', { name: /办好了/ }).check();
  await page.getByRole('button', { name: '核查', exact: true }).click();
  await page.getByText('核查已通过').first().waitFor();
  await assertNoOverflow(page, 'a case on a telephone');
  const file = await operator.get(`/api/v1/cases/${id}`);
  assert.equal(file.timeline.at(-1).by, `user:${warden.name}`);
});

test('the nearest case comes first', async () => {
  const page = await openPatrol({ lang: 'en' });
  await page.getByRole('link', { name: 'Near me' }).click();
  await page.getByRole('button', { name: 'Use my position' }).click();
  await page.getByText('Nearest first').waitFor();
  const said = await page.locator('main [data-case]').allTextContents();
  const metres = said.map((text) => {
    const [, number, unit] = /([\d.]+) (k?m) away/.exec(text) ?? [];
    return number === undefined ? Infinity : Number(number) * (unit === 'km' ? 1000 : 1);
  });
  assert.deepEqual(
    metres,
    metres.toSorted((a, b) => a - b),
  );
});

for (const lang of ['zh', 'en']) {
  test(`the largest type fits a telephone, with main targets of at least 60 px: ${lang}`, async () => {
    const page = await openPatrol({ lang });
    await page.evaluate(() => localStorage.setItem('yiwang.comfort', 'largest'));
    for (const address of ['/patrol', '/patrol?do=find', '/patrol?do=blow']) {
      await page.goto(address);
      await settled(page);
      await assertNoOverflow(page, address);
      await assertAccessible(page, address);
      await picture(page, `patrol-largest-${lang}${address.replaceAll(/\W/g, '-')}`, {
        fullPage: true,
      });
      const main = page.locator('.thumb .button, .go');
      for (const target of await main.all()) {
        const { height } = await target.boundingBox();
        assert.ok(height >= 60, `${await target.textContent()} is ${height} px high`);
      }
    }
  });
}
