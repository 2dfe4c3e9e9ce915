// What grows out of cases: read by anyone, voted on from a phone, run by staff.
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
import { request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

let code;
before(async () => {
  const sent = await request('路灯不亮', { reporter: { phone: '19900001234' } });
  const operator = await signedIn(person('operator'));
  await operator.act(sent.id, 'accept', { category: 'street-light' });
  code = sent.follow_code;
});

test('a resident reads what is asked, votes on a phone and may think again', async () => {
  const page = await openPage({ lang: 'zh', size: PHONE });
  await page.goto('/together?kind=consultation');
  await page.getByRole('link', { name: /街角空地/ }).waitFor();
  await settled(page);
  await picture(page, 'together-list-phone-zh', { fullPage: true });
  await assertNoOverflow(page, 'the list on a phone');
  await page.getByRole('link', { name: /街角空地/ }).click();
  await page.getByRole('heading', { level: 1, name: '街角空地做什么' }).waitFor();
  // How it stands is not told before it is over.
  assert.equal(await page.getByRole('heading', { name: '结果' }).count(), 0);
  await page.getByRole('button', { name: '投票' }).click();
  await page.getByRole('alert').getByText('请先选择').waitFor();
  await page.getByLabel('口袋公园').check();
  await page.getByLabel('查询码').fill(code);
  await page.getByRole('button', { name: '投票' }).click();
  await page.getByText('已收到，谢谢。目前 133 人参加。').waitFor();
  await picture(page, 'together-voted-phone-zh', { fullPage: true });
  await assertNoOverflow(page, 'the vote on a phone');
  await assertAccessible(page, 'the vote on a phone');
  await page.getByLabel('非机动车停放').check();
  await page.getByRole('button', { name: '投票' }).click();
  await page.getByText('已按最后一次计。').waitFor();
});

test('results are published when a vote is over', async () => {
  const page = await openPage({ lang: 'en', size: PHONE });
  await page.goto('/together?kind=consultation');
  await page.getByRole('link', { name: /Hours of the food market/ }).click();
  await page.getByText('235 of 1860 people took part, 13 %').waitFor();
  await page.getByRole('cell', { name: '122' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Vote' }).count(), 0);
  await picture(page, 'together-result-phone-en', { fullPage: true });
});

test('the desk sees what comes back with its evidence, and dismisses or accepts it', async (t) => {
  const page = await openPage({ lang: 'en', as: person('operator') });
  await page.goto('/together?kind=proposal');
  const none = page.getByText('Nothing here yet.');
  await page.locator('.rows a').first().or(none).waitFor();
  await picture(page, 'together-proposals-en');
  // A small city has few requests: in some weeks of the year nothing stands out.
  if (await none.isVisible()) {
    t.diagnostic('skipped: nothing comes back in this city now');
    return;
  }
  await page.locator('.rows li').filter({ hasText: 'Open' }).first().locator('a').click();
  await page.getByRole('heading', { name: 'Evidence' }).waitFor();
  await settled(page);
  await picture(page, 'together-proposal-en', { fullPage: true });
  await assertAccessible(page, 'a proposal');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('Fill in “Reason”').waitFor();
  await page.getByLabel('Reason').selectOption('low_priority');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.tag').getByText('Dismissed').waitFor();
});

test('a dispute is taken up with a form that says what is missing', async () => {
  const page = await openPage({ lang: 'en', as: person('operator'), allow: [/422/] });
  await page.goto('/together?kind=dispute');
  await page.getByRole('button', { name: /New/ }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('Fill in “Parties”').waitFor();
  await page.getByLabel('Title', { exact: true }).fill('夜间装修');
  await page.getByLabel('Area', { exact: true }).selectOption({ index: 3 });
  await page.getByLabel('Unit', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Track').selectOption('self_rule');
  await page.getByLabel('What it is about').fill('装修到夜里十一点');
  await page.getByLabel('Parties').fill('甲户');
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .getByRole('alert')
    .getByText(/at least two parties/)
    .waitFor();
  await page.getByLabel('Parties').fill('甲户\n乙户');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { level: 1, name: '夜间装修' }).waitFor();
  await picture(page, 'together-dispute-new-en', { fullPage: true });
});
