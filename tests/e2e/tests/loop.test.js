// The whole loop: a resident reports, the desk sees it come in, the unit acts, it
// is verified and closed, the resident says whether it is solved; the reader's own
// browser proves the record.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, PHONE, picture, settled, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { noneOfThese } from '../lib/report.js';
import { lightingUnit } from '../lib/town.js';

useBrowser();
afterEach(closePages);

test('a report goes all the way from the resident’s phone to the resident’s answer', async () => {
  const unit = await lightingUnit();
  const words = `路灯三天没有亮了，晚上很黑。${Date.now()}`;

  const desk = await openPage({ as: person('operator'), size: DESK });
  await desk.goto('/desk');
  await settled(desk);
  await desk.getByText('实时', { exact: true }).waitFor();

  const phone = await openPage({ size: PHONE });
  await phone.goto('/');
  await phone.getByRole('link', { name: '我要上报' }).click();
  await settled(phone);
  await phone.getByLabel('地址或附近的标志').fill('听帆路 91 号门口');
  await phone.getByRole('button', { name: '下一步' }).click();
  await phone.getByLabel('事情经过').fill(words);
  await phone.getByLabel('类别').selectOption({ label: '路灯不亮' });
  await phone.getByRole('button', { name: '下一步' }).click();
  await noneOfThese(phone);
  await phone.getByLabel('称呼').fill('王女士');
  await phone.getByLabel('电话').fill('13800000000');
  await phone.getByRole('button', { name: '下一步' }).click();
  await phone.getByText(words).waitFor();
  await phone.getByText('王女士 · 13800000000').waitFor();
  await phone.getByRole('button', { name: '提交' }).click();
  await phone.getByRole('heading', { name: '已收到您的诉求' }).waitFor();
  const code = await phone.locator('#follow-code').textContent();
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await picture(phone, 'loop-sent');

  // It comes in at the desk without a reload; nothing moves until it is asked for.
  await desk.getByRole('button', { name: /1 件新到/ }).click();
  const row = desk.locator('[data-case]').filter({ hasText: words });
  await row.getByText('新到').waitFor();
  const id = await row.getAttribute('data-case');
  await picture(desk, 'loop-desk');
  await row.getByRole('link').click();
  await desk.getByRole('heading', { name: '下一步：受理' }).waitFor();
  assert.equal(await desk.getByLabel('分类', { exact: true }).inputValue(), 'street-light');
  await desk.getByRole('button', { name: '受理', exact: true }).click();
  await desk.getByText('已办理，现为“待派单”').waitFor();
  await desk.getByRole('radio', { name: unit.name.zh }).check();
  await desk.getByLabel('给单位的话').fill('请今天去看。');
  await desk.getByRole('button', { name: '派单', exact: true }).click();
  await desk.getByText('等承办单位联系居民').waitFor();

  // The unit reads English and finds it in its own list.
  const crew = await openPage({ as: unit.staff, lang: 'en', size: DESK });
  await crew.goto('/desk?order=newest');
  await crew.locator(`[data-case="${id}"]`).getByRole('link').click();
  await crew.getByText('请今天去看。').waitFor();
  await crew.getByRole('button', { name: 'Start', exact: true }).click();
  await crew.getByLabel('What was done').fill('换了灯头，今晚已亮。');
  await crew.getByRole('button', { name: 'Report back', exact: true }).click();
  await crew.getByText('The unit says it is done').waitFor();

  // The desk is told while it looks on.
  await desk.getByText(new RegExp(`${unit.staff.name} 于 .+ 更改了本案`)).waitFor();
  await desk.getByRole('radio', { name: '办好了' }).check();
  await desk.getByLabel('核查情况').fill('现场已亮。');
  await desk.getByRole('button', { name: '核查', exact: true }).click();
  await desk.getByText('核查已通过，可以结案。').waitFor();
  await desk.getByRole('button', { name: '结案', exact: true }).click();
  await desk.getByText('已办理，现为“已结案”').waitFor();

  await phone.getByRole('link', { name: '查看进度' }).click();
  await phone.getByRole('heading', { name: '问题解决了吗' }).waitFor();
  await phone.getByText('换了灯头，今晚已亮。').waitFor();
  assert.equal(await phone.getByText('请今天去看。').count(), 0, 'a note to the unit stays there');
  await phone.getByRole('radio', { name: '解决了', exact: true }).check();
  await phone.getByRole('radio', { name: /^5/ }).check();
  await phone.getByRole('button', { name: '提交评价' }).click();
  await phone.getByText('谢谢，您的评价已记下。').waitFor();
  await picture(phone, 'loop-answered', { fullPage: true });

  await desk.getByText(/居民 于 .+ 更改了本案/).waitFor();
  await desk.getByText('已解决 · 满意度 5/5').first().waitFor();
  await desk.getByRole('button', { name: '在本机核验' }).click();
  await desk.getByText('8 条经过全部核验通过').waitFor();
  assert.equal(await desk.getByText('✓ 已核验').count(), 8);
  await picture(desk, 'loop-proven', { fullPage: true });
});
