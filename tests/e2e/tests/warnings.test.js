// Public warnings: approved by somebody else, issued, read by everybody, cancelled.
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
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('an orange warning is approved, issued, told to everybody and cancelled; an exercise is not told', async () => {
  const run = Date.now() % 1_000_000;
  const steward = await signedIn(person('steward'));
  const settings = await steward.get('/api/v1/warning-settings');
  const named = { code: '99010041600000', sender: 'warning@yunling.example' };
  const value = { ...settings.value, sender: named };
  await steward.put('/api/v1/warning-settings', { value }, settings.version);
  const operator = await signedIn(person('operator'));
  const draft = (status, event) =>
    operator.post('/api/v1/warnings', {
      status,
      ground: '雨量站',
      content: {
        areas: [],
        area_words: { zh: '全市', en: 'The whole city' },
        colour: 'orange',
        description: {
          zh: '未来三小时降雨量将达 50 毫米以上。',
          en: 'More than 50 mm of rain within three hours.',
        },
        event: 'rainstorm',
        event_name: event,
        expires: new Date(Date.now() + 6 * 3_600_000).toISOString(),
        instruction: { zh: '请留在室内，远离低洼处。', en: 'Stay inside, away from low places.' },
      },
    });
  const event = { zh: `暴雨${run}`, en: `Rainstorm ${run}` };
  const drill = { zh: `演习${run}`, en: `Drill ${run}` };
  await draft('actual', event);
  await draft('exercise', drill);
  const card = (page, name) => page.getByRole('article').filter({ hasText: name });

  const leader = await openPage({ as: person('leader') });
  await leader.goto('/warnings');
  for (const name of [event.zh, drill.zh]) {
    await card(leader, name).getByText('尚无人审批').waitFor();
    await card(leader, name).getByRole('button', { name: '审批通过' }).click();
    await card(leader, name).getByText('leader 审批').waitFor();
  }
  await card(leader, drill.zh).getByText('演练 · 不对公众发布').waitFor();
  await assertAccessible(leader, 'warnings');
  await picture(leader, 'warnings-zh');

  const desk = await openPage({ as: person('operator'), lang: 'en', dark: true });
  await desk.goto('/warnings');
  await card(desk, event.en).getByRole('button', { name: 'Issue to the public' }).click();
  await card(desk, event.en).getByText('Issued', { exact: true }).waitFor();
  await card(desk, drill.en).getByRole('button', { name: 'Issue as an exercise' }).click();
  await card(desk, drill.en).getByText('Issued', { exact: true }).waitFor();
  await assertAccessible(desk, 'issued warnings');
  await assertNoOverflow(desk, 'issued warnings');
  await picture(desk, 'warnings-en');

  // Anybody reads it, without signing in; of the exercise nothing is told.
  for (const [lang, dark] of [
    ['zh', false],
    ['en', true],
  ]) {
    const resident = await openPage({ lang, dark, size: PHONE });
    await resident.goto('/warnings/now');
    await card(resident, event[lang]).waitFor();
    await settled(resident);
    assert.equal(await card(resident, drill[lang]).count(), 0);
    await assertAccessible(resident, `warnings now ${lang}`);
    await assertNoOverflow(resident, `warnings now ${lang}`);
    await picture(resident, `warnings-now-${lang}-phone`);
    const cap = await card(resident, event[lang]).getByRole('link').getAttribute('href');
    const message = await resident.request.get(cap);
    assert.match(await message.text(), /<severity>Severe<\/severity>/);
  }

  await card(desk, event.en).getByRole('button', { name: 'Cancel' }).click();
  await card(desk, event.en).getByRole('button', { name: 'Cancel it now' }).click();
  await card(desk, event.en).getByText('This must not be empty').waitFor();
  await card(desk, event.en).getByLabel(/Why/).fill('雨停');
  await card(desk, event.en).getByRole('button', { name: 'Cancel it now' }).click();
  await card(desk, event.en).waitFor({ state: 'detached' });
});

test('an operator drafts an exercise on a form, revises and updates it; a steward sets thresholds', async () => {
  const run = Date.now() % 1_000_000;
  const page = await openPage({ as: person('operator'), allow: [/409|422/] });
  await page.goto('/warnings');
  await page.getByRole('link', { name: '拟一条预警' }).click();
  await page.getByRole('button', { name: '存为草稿' }).click();
  // Whether it is meant is chosen by somebody; nothing is sent until all is filled in.
  await page.getByRole('alert').getByRole('link', { name: /^性质/ }).waitFor();
  await page.getByLabel('性质').selectOption('exercise');
  await page.locator('form').getByText('演练 · 不对公众发布').waitFor();
  await page.getByLabel('从什么开始').selectOption({ label: '预警标准：暴雨' });
  await page.getByRole('radio', { name: /蓝色/ }).check();
  await page.getByLabel('事件名称（中文）').fill(`暴雨演练${run}`);
  const areas = page.getByRole('combobox', { name: '发布区域' });
  const first = await page.locator('#content-areas-list option').nth(1).getAttribute('value');
  await areas.fill(first);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '按所选区域填写' }).click();
  assert.equal(await page.getByLabel('区域说法（中文）').inputValue(), first);
  for (const [label, words] of [
    ['预计情况（中文）', '预计三小时内降雨 50 毫米。'],
    ['预计情况（英文）', '50 mm of rain within three hours.'],
    ['怎么做（中文）', '请远离低洼处。'],
    ['怎么做（英文）', 'Stay away from low places.'],
    ['拟稿依据（留存在记录中）', '季度演练'],
  ]) {
    await page.getByLabel(label).fill(words);
  }
  await page.getByRole('button', { name: '预览 CAP 文件' }).click();
  await page.getByText('<status>Exercise</status>').waitFor();
  // An outline is typed as well as drawn; what is no corner is named.
  const corners = page.getByLabel('范围 1 的角点');
  await corners.fill('39.9, 116.4\n116.5, 39.9');
  await page.getByText('第 2 行不是角点').waitFor();
  await corners.fill('39.9, 116.4\n39.9, 116.5\n40, 116.5');
  await page.getByRole('button', { name: '范围 1（3 个角点）' }).waitFor();
  await page.getByRole('button', { name: '预览 CAP 文件' }).click();
  await page
    .getByText('<polygon>39.9,116.4 39.9,116.5 40,116.5 39.9,116.4</polygon>')
    .first()
    .waitFor();
  // What lies under the head of the page is no fault of the form.
  await page.evaluate(() => scrollTo(0, 0));
  await assertAccessible(page, 'the form of a warning');
  await picture(page, 'warning-form-zh', { fullPage: true });
  await page.getByRole('button', { name: '存为草稿' }).click();
  const card = page.getByRole('article').filter({ hasText: `暴雨演练${run}` });
  await card.getByRole('button', { name: '改稿' }).click();
  await card.getByLabel('怎么做（中文）').fill('请勿进入下穿桥。');
  await card.getByRole('button', { name: '保存改稿' }).click();
  await card.getByText('请勿进入下穿桥。').waitFor();
  await card.getByRole('button', { name: '作为演练发布' }).click();
  await card.getByRole('button', { name: '变更内容' }).click();
  await card.getByLabel('预计情况（中文）').fill('雨势减弱。');
  // What goes out will be an update of what was issued, and is shown as one.
  await card.getByRole('button', { name: '预览 CAP 文件' }).click();
  await card.getByText('<msgType>Update</msgType>').waitFor();
  // Two messages within one second are refused, and the form stays for another try.
  const form = card.locator('form');
  for (let tries = 0; tries < 8 && (await form.count()) > 0; tries += 1) {
    await card.getByRole('button', { name: '作为演练变更' }).click();
    await form.waitFor({ state: 'detached', timeout: 1_000 }).catch(() => undefined);
  }
  await card.getByText('雨势减弱。').first().waitFor();
  await card.getByRole('button', { name: '经过' }).click();
  await card.locator('.steps li').nth(3).waitFor();
  assert.equal(await card.locator('.steps li').count(), 4);
  await assertAccessible(page, 'what happened to a warning');

  const steward = await openPage({
    as: person('steward'),
    lang: 'en',
    dark: true,
    size: PHONE,
    allow: [/422/],
  });
  await steward.goto('/warnings/settings');
  await steward.getByLabel('Code of the sender').fill('1');
  await steward.getByRole('button', { name: /^Save/ }).click();
  await steward
    .getByRole('alert')
    .getByText(/14 digits/)
    .waitFor();
  await steward.getByLabel('Code of the sender').fill('99010041600000');
  await steward.getByLabel('Sender', { exact: true }).fill('warning@yunling.example');
  await steward
    .getByLabel(/^At least/)
    .first()
    .fill(String(40 + (run % 9)));
  await steward.getByRole('button', { name: /^Save/ }).click();
  await steward
    .getByRole('listitem')
    .filter({ hasText: `${40 + (run % 9)} mm` })
    .first()
    .waitFor();
  await settled(steward);
  await assertAccessible(steward, 'thresholds');
  await assertNoOverflow(steward, 'thresholds on a telephone');
  await picture(steward, 'thresholds-phone', { fullPage: true });
});
