// What units share and are judged by, whom helpers help, lines by blocks, and from which
// likeness on cases are duplicates.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
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
import { caseAt, lightingUnit, signedIn } from '../lib/town.js';

useBrowser({ maps: false });
afterEach(closePages);

const HELPER = { name: 'helper.lin', password: 'corrèct-horse-电池-9131' };
let desk;
let area;
before(async () => {
  desk = await signedIn(person('operator'));
  const { areas } = await desk.get('/api/v1/city');
  area = areas.find((one) => one.leaf).code;
  const admin = await signedIn(person('admin'));
  const account = { ...HELPER, role: 'contributor', display_name: '林一舟' };
  await admin.post('/api/v1/accounts', account);
});

/** A step of a dossier as it is now. */
async function step(who, id, body) {
  const { version } = await who.get(`/api/v1/dossiers/${id}`);
  return who.post(`/api/v1/dossiers/${id}`, body, version);
}

test('a pool is set up on a form, and its page tells who is out for which case', async () => {
  const { code: lighting } = await lightingUnit();
  const page = await openPage({ as: person('operator'), lang: 'zh' });
  await page.goto('/together?kind=pool');
  await page.getByRole('button', { name: /新建/ }).click();
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByRole('alert').getByText('请填写“涉及单位”').waitFor();
  await page.getByLabel('标题', { exact: true }).fill('夜间抢修联动');
  await page.getByLabel('区域', { exact: true }).selectOption(area);
  await page.getByLabel('单位', { exact: true }).selectOption(lighting);
  await page.getByLabel('涉及单位', { exact: true }).selectOption(['urban-management', 'drainage']);
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByRole('heading', { level: 1, name: '夜间抢修联动' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);

  const [crew, other] = [await signedIn(person(lighting)), await signedIn(person('drainage'))];
  const offer = (unit, sort, zh, en, capacity) => ({
    pool: { offer: { unit, sort, name: { zh, en }, capacity } },
  });
  await step(crew, id, offer(lighting, 'crew', '照明抢修班', 'Lighting crew', 6));
  await step(other, id, offer('drainage', 'vehicle', '移动泵车', 'Mobile pump', 2));
  const { id: about } = await caseAt('dispatched', '灯杆倒在积水里');
  const until = new Date(Date.now() + 3 * 3_600_000).toISOString();
  const send = { case: about, resources: [1, 2], from: new Date().toISOString(), until };
  await step(desk, id, { pool: { send } });

  const phone = await openPage({ as: person('operator'), lang: 'en', dark: true, size: PHONE });
  await phone.goto(`/together/${id}`);
  await phone.getByRole('cell', { name: 'Vehicle or equipment' }).waitFor();
  await phone.getByText('2 Mobile pump').first().waitFor();
  await phone.getByRole('link', { name: about }).first().waitFor();
  await settled(phone);
  await picture(phone, 'shared-pool-phone-en-dark', { fullPage: true });
  await assertNoOverflow(phone, 'a pool on a phone');
  await assertAccessible(phone, 'a pool');
});

test('a helper claims a task on a phone, and what is confirmed stands in the ledger', async () => {
  const { code: lighting } = await lightingUnit();
  const crew = await signedIn(person(lighting));
  const publish = {
    title: { zh: '雨夜巡灯', en: 'Watching lamps on wet nights' },
    summary: { zh: '三人一组，沿听帆路走一遍。', en: 'Three of you, along the road once.' },
    area,
    unit: lighting,
    places: 3,
    due: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
  };
  const { id } = await crew.post('/api/v1/dossiers', { task: { publish } });
  const helper = await openPage({ as: HELPER, lang: 'zh', size: PHONE });
  await helper.goto(`/together/${id}`);
  await helper.getByText('已认领 0，名额 3').waitFor();
  await helper.getByRole('button', { name: '认领' }).click();
  await helper.getByLabel('身份').selectOption('volunteer');
  await helper.getByRole('button', { name: '提交' }).click();
  await helper.getByText('已认领 1，名额 3').waitFor();
  await helper.getByRole('button', { name: '报告完成' }).click();
  await helper.getByLabel('分钟数').fill('90');
  await helper.getByLabel('说明').fill('走完一遍，三盏不亮。');
  await helper.getByRole('button', { name: '提交' }).click();
  await helper.getByText('已完成，待确认').waitFor();
  await picture(helper, 'shared-task-phone-zh', { fullPage: true });
  await assertNoOverflow(helper, 'a task on a phone');
  await assertAccessible(helper, 'a task');

  await step(crew, id, { task: { confirm: { number: 1 } } });
  await helper.goto('/together?kind=task');
  await helper.getByRole('heading', { name: '我的贡献' }).waitFor();
  await helper.getByRole('cell', { name: '1.5' }).waitFor();
  await picture(helper, 'shared-ledger-phone-zh', { fullPage: true });
  await assertNoOverflow(helper, 'the ledger on a phone');
  // Who helped is told to nobody else.
  const nobody = await openPage({ lang: 'en', size: PHONE });
  await nobody.goto(`/together/${id}`);
  await nobody.getByText('Somebody').waitFor();
  assert.equal(await nobody.getByText('helper.lin').count(), 0);
});

test('an appraisal shows points, what they were made of, and what was too few', async () => {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const { code: lighting } = await lightingUnit();
  const steward = await signedIn(person('steward'));
  const draw_up = {
    title: { zh: '本月考评', en: 'This month' },
    unit: lighting,
    units: [lighting, 'urban-management', 'drainage', 'sanitation'],
    from: day(-60),
    until: day(-1),
    objections_by: day(7),
  };
  const { id } = await steward.post('/api/v1/dossiers', { appraisal: { draw_up } });
  const page = await openPage({ as: person('leader'), lang: 'zh', size: PHONE });
  await page.goto(`/together/${id}`);
  await page.getByRole('heading', { name: '考评结果' }).waitFor();
  await page.getByRole('columnheader', { name: /响应率/ }).waitFor();
  await settled(page);
  await picture(page, 'shared-appraisal-phone-zh', { fullPage: true });
  await assertNoOverflow(page, 'an appraisal on a phone');
  await assertAccessible(page, 'an appraisal');
});

test('lines by blocks open to the cases of one cell', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en', dark: true });
  await page.goto('/boards?view=matrix&formula=response');
  const cell = page.locator('td a').first();
  await cell.waitFor();
  await settled(page);
  await picture(page, 'shared-matrix-en-dark');
  await assertAccessible(page, 'lines by blocks');
  await page.setViewportSize(PHONE);
  await assertNoOverflow(page, 'lines by blocks on a phone');
  await picture(page, 'shared-matrix-phone-en-dark');
  await cell.click();
  await page.waitForURL(/unit=.*area=/);
  await page.getByRole('heading', { level: 1 }).waitFor();
});

test('a steward sets from which likeness on cases are duplicates, and may go back', async () => {
  const page = await openPage({ as: person('steward'), lang: 'zh', size: PHONE, allow: [/422/] });
  await page.goto('/city/duplicates');
  const shown = page.getByLabel('相似度达到多少时提示');
  await shown.fill('70');
  await page.getByRole('button', { name: '保存' }).click();
  // It cannot be above the one that makes a cluster.
  await page.getByRole('alert').waitFor();
  await shown.fill('40');
  const saved = page.waitForResponse((said) => said.request().method() === 'PUT' && said.ok());
  await page.getByRole('button', { name: '保存' }).click();
  await saved;
  await settled(page);
  await picture(page, 'shared-duplicates-phone-zh', { fullPage: true });
  await assertNoOverflow(page, 'likeness on a phone');
  await assertAccessible(page, 'likeness');
  const steward = await signedIn(person('steward'));
  const set = await steward.get('/api/v1/city/duplicates');
  assert.equal(set.value.shown_permille, 400);
  const usual = { ...set.value, shown_permille: 350 };
  await steward.put('/api/v1/city/duplicates', { value: usual }, set.version);
});
