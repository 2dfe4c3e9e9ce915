// Rules: filled in on a form, tried on the past, set, switched off and back, restored.
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
import { levelRule, placeInCity, sender, streamOf, thing } from '../lib/things.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a steward sets a rule on a form, having seen when it would have fired, and takes it back', async () => {
  const run = Date.now() % 1_000_000;
  const property = `level-${run}`;
  const code = `ponding-${run}`;
  const gauge = `积水点 ${run}`;
  const own = await thing(gauge, { property, unit: 'm', place: await placeInCity(5) });
  const stream = await streamOf(own);
  const device = await signedIn(await sender(`ponding-${run}`));
  // Over half a metre twice in the last days.
  for (const [hours, result] of [
    [50, 0.1],
    [49, 0.8],
    [48, 0.1],
    [26, 0.6],
    [25, 0.2],
  ]) {
    await device.post(`/sta/v1.1/Datastreams(${stream})/Observations`, {
      phenomenonTime: new Date(Date.now() - hours * 3_600_000).toISOString(),
      result,
    });
  }

  const page = await openPage({ as: person('steward'), allow: [/412|422/] });
  await page.goto('/things');
  await page.getByRole('link', { name: '规则', exact: true }).click();
  await page.getByRole('link', { name: '新增规则' }).click();
  await page.getByRole('heading', { level: 1, name: '新增规则' }).waitFor();
  // What is missing is said at its fields, all at once, and the summary leads there.
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  const summary = page.getByRole('alert');
  assert.equal(await summary.getByRole('link').count(), 5);
  assert.equal(await page.locator('p.wrong').count(), 5);
  await assertAccessible(page, 'a rule with faults');
  await page.getByLabel('代码', { exact: true }).fill(code);
  await page.getByLabel('名称（中文）', { exact: true }).fill(`积水 ${run}`);
  await page.getByLabel('名称（英文）', { exact: true }).fill(`Ponding ${run}`);
  await page.getByLabel('原因代码').fill(code);
  await page.getByLabel('原因名称（中文）').fill(`道路积水 ${run}`);
  await page.getByLabel('原因名称（英文）').fill(`Ponding on roads ${run}`);
  // The keyboard alone chooses from a list.
  await page.getByRole('combobox', { name: '观测属性' }).fill(property);
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: '单位', exact: true }).fill('m');
  await page.keyboard.press('Enter');
  await page.getByLabel('第 1 级的值（m）').fill('0.5');
  await page.getByRole('button', { name: '加一级', exact: true }).click();
  await page.getByLabel('第 2 级的值（m）').fill('0.4');
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.getByRole('alert').getByText('级别须一级比一级更远').waitFor();
  await page.getByLabel('第 2 级的值（m）').fill('0.7');

  await page.getByRole('button', { name: '试算', exact: true }).click();
  await page.getByText('近 30 天会告警 2 次').waitFor();
  await page.getByRole('img', { name: '何时会告警' }).waitFor();
  assert.equal(await page.getByRole('cell', { name: /^红色|橙色/ }).count(), 1);
  await settled(page);
  await assertAccessible(page, 'a rule that was tried');
  await picture(page, 'rule-zh', { fullPage: true });
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page.waitForURL(new RegExp(`code=${code}`));
  await page.getByRole('heading', { level: 1, name: `积水 ${run}` }).waitFor();
  // A moment leads to the chart.
  await page.getByRole('button', { name: '试算', exact: true }).click();
  await page.getByRole('group', { name: '会告警的时刻' }).getByRole('link').first().click();
  await page.getByText(/起的一段以底色标出/).waitFor();
  await page.locator('svg rect.mark').waitFor();
  await picture(page, 'thing-at-a-moment');

  // Somebody else is quicker: nothing is overwritten, and it is said who it was.
  await page.goto(`/rules?code=${code}`);
  await page.getByLabel('回差').fill('0.1');
  const steward = await signedIn(person('steward'));
  const other = (await steward.get('/api/v1/rules')).find((one) => one.code === code);
  await steward.post(
    '/api/v1/rules',
    { code, rule: { ...other.rule, opens_case_from: 'red' } },
    other.version,
  );
  await page.getByRole('button', { name: '保存，即刻生效' }).click();
  await page
    .getByRole('alert')
    .getByText(/已有人改过.*steward/)
    .waitFor();
  await page.getByRole('button', { name: '载入最新内容' }).click();
  await page.waitForFunction(() => document.querySelector('[id$=back-by]')?.value === '0');

  // In English, in the dark: back to an older version with one press; off, and undone.
  const dark = await openPage({ as: person('steward'), lang: 'en', dark: true });
  await dark.goto(`/rules?code=${code}`);
  await dark
    .getByRole('button', { name: /^(Set|Go) back/ })
    .first()
    .click();
  await dark.getByRole('listitem').filter({ hasText: 'from Blue on' }).first().waitFor();
  await assertAccessible(dark, 'a rule in the dark');
  await picture(dark, 'rule-en-dark', { fullPage: true });
  await dark.getByRole('link', { name: 'Back to the rules' }).click();
  await dark.getByRole('searchbox').fill(String(run));
  const name = `Ponding ${run}`;
  await dark.getByRole('button', { name: `Switch off ${name}` }).click();
  await dark.getByText(`“${name}” is off`).waitFor();
  await dark.getByRole('button', { name: 'Undo' }).click();
  await dark.getByRole('button', { name: `Switch off ${name}` }).waitFor();
  await dark.getByRole('button', { name: `Delete ${name}` }).click();
  await dark.getByRole('link', { name: 'Deleted', exact: true }).click();
  await dark.getByRole('button', { name: `Restore ${name}` }).click();
  await dark.getByText(`“${name}” is restored`).waitFor();

  // On a telephone, for whoever may only look; with conditions inside each other.
  const inside = {
    measure: { silence: {} },
    levels: [{ at: 60, colour: 'blue' }],
    streams: { properties: [property] },
  };
  await steward.post(
    '/api/v1/rules',
    {
      code: `${code}-both`,
      rule: {
        name: { zh: `先停后涨 ${run}`, en: `Silent and high ${run}` },
        cause: code,
        when: {
          joint: {
            colour: 'red',
            per: 'thing',
            of: {
              sequence: {
                within_seconds: 600,
                of: [
                  { is: inside },
                  { any: { of: [{ is: inside }, { is: { ...inside, measure: { value: {} } } }] } },
                ],
              },
            },
          },
        },
      },
    },
    0,
  );
  const phone = await openPage({ as: person('leader'), size: PHONE });
  await phone.goto(`/rules?find=${run}&state=off`);
  await phone.getByRole('link', { name: `积水 ${run}` }).waitFor();
  await assertNoOverflow(phone, 'rules on a telephone');
  await assertAccessible(phone, 'rules on a telephone');
  await phone.goto(`/rules?code=${code}-both`);
  await phone.getByLabel('怎样算成立').first().waitFor();
  assert.equal(await phone.getByRole('button', { name: '保存，即刻生效' }).count(), 0);
  await assertNoOverflow(phone, 'a rule on a telephone');
  await assertAccessible(phone, 'a rule on a telephone');
  await picture(phone, 'rule-phone', { fullPage: true });
});

test('an alert says whether it would still be raised by a reading that was put right', async () => {
  const run = Date.now() % 1_000_000;
  const property = `depth-${run}`;
  const own = await thing(`下穿通道 ${run}`, { property, unit: 'm', place: await placeInCity(6) });
  const stream = await streamOf(own);
  const name = { zh: `通道积水 ${run}`, en: `Water in the underpass ${run}` };
  await levelRule(`depth-${run}`, name, property, [{ at: 0.5, colour: 'orange' }]);
  const device = await signedIn(await sender(`depth-${run}`));
  await device.post(`/sta/v1.1/Datastreams(${stream})/Observations`, { result: 0.9 });
  const steward = await signedIn(person('steward'));
  const observations = `/sta/v1.1/Datastreams(${stream})/Observations?$select=id`;
  const { value } = await steward.get(observations);
  const putRight = (result) =>
    steward.patch(`/sta/v1.1/Observations(${value[0]['@iot.id']})`, { result });

  const page = await openPage({ as: person('operator') });
  await page.goto(`/alerts?cause=${property}`);
  const card = page.getByRole('article').filter({ hasText: name.zh });
  await card.getByText('仍在持续').waitFor();
  await putRight(0.7);
  await card.getByText('更正后仍会告警').waitFor();
  await putRight(0.1);
  await card.getByText('更正后不会告警').waitFor();
  // It stands as it stood: a person decides.
  await card.getByText('告警维持原状，请查看后决定是否解除。').waitFor();
  await card.getByText('待确认').waitFor();
  await card.getByRole('button', { name: '经过' }).click();
  const steps = card.getByRole('listitem');
  await steps.getByText(/^按现在的读数，仍会告警.*依据规则“通道积水/).waitFor();
  await steps.getByText('按现在的读数，不会告警').waitFor();
  await steps.getByText('0.9 更正为 0.7').waitFor();
  await assertAccessible(page, 'an alert that was judged again');
  await picture(page, 'alert-judged-again', { fullPage: true });

  const phone = await openPage({ as: person('leader'), lang: 'en', dark: true, size: PHONE });
  await phone.goto(`/alerts?cause=${property}`);
  await phone.getByText('Would not be raised now').waitFor();
  await assertAccessible(phone, 'an alert that was judged again, on a telephone');
  await assertNoOverflow(phone, 'an alert that was judged again, on a telephone');
});
