// The walk: one matter through everybody's hands, in one go. A resident reports on a
// telephone, in large type; the desk takes what is suggested and dispatches with an
// assisting unit; an emergency whistle, to which one unit comes late; the unit reports
// back with a photo, it is verified and closed; the resident says that it is not solved,
// it is opened again and solved; the board moves, and opens to that case.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  DESK,
  openPage,
  PHONE,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { photo } from '../lib/photo.js';
import { noneOfThese } from '../lib/report.js';
import { lightingUnit, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const MINUTE = 60_000;

/** Presses the button of the usual next step, and waits until the case stands elsewhere. */
async function step(page, name, after) {
  await page.getByRole('button', { name, exact: true }).first().click();
  await page.getByText(after).first().waitFor();
}

/** The resident's report on a telephone in large type; gives its code. */
async function report(phone, words) {
  await phone.goto('/');
  await phone.getByRole('radio', { name: '大字', exact: true }).check();
  await phone.getByRole('link', { name: '我要上报' }).click();
  await settled(phone);
  await phone.getByLabel('地址或附近的标志').fill('听帆路 91 号门口');
  await phone.locator('[data-map="still"] canvas').click({ position: { x: 150, y: 120 } });
  await phone.getByText('已在地图上指出').waitFor();
  await assertNoOverflow(phone, 'the place, in large type');
  await phone.getByRole('button', { name: '下一步' }).click();
  await phone.getByLabel('事情经过').fill(words);
  await phone.getByRole('button', { name: '下一步' }).click();
  await noneOfThese(phone);
  await phone.getByLabel('称呼').fill('王女士');
  await phone.getByRole('button', { name: '下一步' }).click();
  await phone.getByRole('button', { name: '提交' }).click();
  await phone.getByRole('heading', { name: '已收到您的诉求' }).waitFor();
  await picture(phone, 'walk-sent', { fullPage: true });
  return phone.locator('#follow-code').textContent();
}

/** How many closings a board counts as solved, and how many at all. */
async function resolution() {
  const leader = await signedIn(person('leader'));
  const { total } = await leader.get('/api/v1/figures?formula=resolution');
  return { met: total.met, counted: total.counted };
}

test('one matter goes through everybody’s hands, comes back, and moves the board', async () => {
  const unit = await lightingUnit();
  const before = await resolution();
  const words = `整条街的路灯都不亮，晚上很黑，老人摔了一跤。${Date.now()}`;
  const phone = await openPage({ size: PHONE, map: true });
  const code = await report(phone, words);

  // The desk takes the suggested category with one press, and dispatches with an
  // assisting unit.
  const desk = await openPage({ as: person('operator'), size: DESK });
  await desk.goto(`/desk?q=${encodeURIComponent(words)}`);
  const row = desk.locator('[data-case]').filter({ hasText: words });
  const id = await row.getAttribute('data-case');
  await row.getByRole('link').click();
  const suggested = desk.getByRole('group', { name: '建议分类' });
  await suggested.getByRole('button', { name: /采用“路灯不亮”/ }).click();
  assert.equal(await desk.getByLabel('分类', { exact: true }).inputValue(), 'street-light');
  assert.notEqual(await desk.getByLabel('区域', { exact: true }).inputValue(), '');
  await step(desk, '受理', '已办理，现为“待派单”');
  await desk.getByRole('radio', { name: unit.name.zh }).check();
  const operator = await signedIn(person('operator'));
  const { units } = await operator.get('/api/v1/city');
  const helper = units.find((one) => one.code === 'power');
  await desk.getByLabel('请哪个单位协办').selectOption({ label: helper.name.zh });
  await assertAccessible(desk, 'the form to dispatch with an assisting unit');
  await picture(desk, 'walk-dispatch', { fullPage: true });
  await step(desk, '派单', '等承办单位联系居民');
  await desk.getByText('协办单位').first().waitFor();

  // An emergency: both units are called, each within a minute; one is late.
  await desk.goto(`/whistles/new?case=${id}`);
  await desk.getByRole('radio', { name: /应急哨/ }).check();
  await desk.getByRole('checkbox', { name: unit.name.zh }).waitFor();
  await desk.getByLabel('增加单位').selectOption({ label: helper.name.zh });
  await desk.getByLabel('报到时限（分钟）').fill('1');
  await desk.getByRole('button', { name: '吹哨', exact: true }).click();
  await desk.waitForURL(/\/whistles\/W\d+$/);
  const blownAt = Date.now();
  const whistle = desk.url().split('/').at(-1);

  const crew = await openPage({ as: unit.staff, lang: 'en', size: PHONE });
  await crew.goto(`/whistles/${whistle}`);
  await crew.getByLabel('Name of who came').fill('Li Na');
  await crew.getByLabel('Where you are').fill('91 Tingfan Road');
  await crew.getByRole('button', { name: 'Check in', exact: true }).click();
  await crew.getByText('Done: Check in').waitFor();

  // Meanwhile the unit begins.
  await crew.goto(`/cases/${id}`);
  await step(crew, 'Start', 'Next step: Report back');

  const late = await openPage({ as: person(helper.code), size: PHONE });
  await late.waitForTimeout(Math.max(0, blownAt + MINUTE + 3_000 - Date.now()));
  await late.goto(`/whistles/${whistle}`);
  await late.getByLabel('到场人姓名').fill('赵强');
  await late.getByLabel('报到地点').fill('听帆路口');
  await late.getByRole('button', { name: '报到', exact: true }).click();
  await late.getByText('已报到').waitFor();
  await desk.getByText('按时报到').first().waitFor();
  await desk.getByText('逾期报到').first().waitFor();
  await picture(desk, 'walk-whistle', { fullPage: true });

  // The assisting unit says what it did; the lead reports back, with a photo for the resident.
  await late.goto(`/cases/${id}`);
  await late.getByLabel('本单位做了什么').fill('已设置临时照明。');
  await late.getByRole('button', { name: '协办反馈', exact: true }).click();
  await late.getByText('已设置临时照明。').first().waitFor();
  await crew.reload();
  await crew.locator('summary', { hasText: 'Attach a file' }).click();
  await crew.getByLabel('Choose a file').setInputFiles(photo(250));
  await crew.getByLabel(/resident may see/i).check();
  await crew.getByRole('button', { name: 'Upload', exact: true }).click();
  await crew.getByRole('link', { name: /IMG_250/ }).waitFor();
  await crew.getByLabel('What was done').fill('电缆已修复，路灯全部亮起。');
  await step(crew, 'Report back', 'The unit says it is done');
  await assertNoOverflow(crew, 'the case on a telephone');

  // Somebody else looks on site; the desk closes.
  const verifier = await openPage({ as: person('verifier'), size: PHONE });
  await verifier.goto(`/cases/${id}`);
  await verifier.getByRole('radio', { name: /办好了/ }).check();
  await step(verifier, '核查', '核查已通过');
  await desk.goto(`/cases/${id}`);
  await step(desk, '结案', '已办理，现为“已结案”');

  // The resident sees the photo, says it is not solved, and has it opened again.
  await phone.goto(`/follow/${code}`);
  await phone.getByRole('link', { name: /IMG_250/ }).waitFor();
  await phone.getByRole('radio', { name: '没有解决' }).check();
  await phone.getByRole('button', { name: '提交评价' }).click();
  await phone.getByText('谢谢，您的评价已记下。').waitFor();
  const unsolved = await resolution();
  assert.deepEqual(unsolved, { met: before.met, counted: before.counted + 1 });
  await phone.getByText('没有办好？要求重新办理').click();
  await phone.getByLabel('哪里没有办好').fill('东头还有三盏不亮。');
  await phone.getByRole('button', { name: '要求重新办理', exact: true }).click();
  await phone.getByText('已重新打开，会再次交办。').first().waitFor();
  await assertAccessible(phone, 'a report that is opened again, in large type');
  await picture(phone, 'walk-reopened', { fullPage: true });

  // Once more, and now it is solved.
  await desk.reload();
  await desk.getByRole('radio', { name: unit.name.zh }).check();
  await step(desk, '派单', '等承办单位联系居民');
  await crew.reload();
  await step(crew, 'Start', 'Next step: Report back');
  await crew.getByLabel('What was done').fill('东头三盏也已换新。');
  await step(crew, 'Report back', 'The unit says it is done');
  await verifier.reload();
  await verifier.getByRole('radio', { name: /办好了/ }).check();
  await step(verifier, '核查', '核查已通过');
  await desk.reload();
  await step(desk, '结案', '已办理，现为“已结案”');
  await phone.reload();
  await phone.getByRole('radio', { name: '解决了', exact: true }).check();
  await phone.getByRole('radio', { name: /^5/ }).check();
  await phone.getByRole('button', { name: '提交评价' }).click();
  await phone.getByText('谢谢，您的评价已记下。').waitFor();

  // The board has moved: one more counted as solved, and one closing that did not hold.
  const after = await resolution();
  assert.deepEqual(after, { met: before.met + 1, counted: before.counted + 2 });
  const leader = await openPage({ as: person('leader'), lang: 'en', size: DESK });
  await leader.goto('/boards?formula=resolution&group=category&category=street-light');
  const total = leader.getByRole('region', { name: 'Resolution' });
  await total.getByRole('link', { name: /^Total: Met/ }).click();
  await leader.locator('ol li a', { hasText: new RegExp(`^${id}$`) }).waitFor();
  await picture(leader, 'walk-board', { fullPage: true });
  await total.getByRole('link', { name: /^Total: Not met/ }).click();
  const behind = leader.locator('ol li a', { hasText: new RegExp(`^${id}$`) });
  await behind.waitFor();
  await behind.click();
  await leader.getByRole('heading', { name: new RegExp(id) }).waitFor();
});
