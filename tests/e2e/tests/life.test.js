// What only some cases go through: more time, standing still, files, supervision.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, PHONE, picture, settled, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { caseAt, lightingUnit, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

/** A picture of one grey point, with a text that names its author. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAADnRFWHRBdXRob3IAV2FuZyBYTZS97BYAAAAKSURBVHicY2gAAACCAIF3zXK2AAAAAElFTkSuQmCC',
  'base64',
);

/** As a browser's own field for date and time wants it. */
function inDays(days) {
  const then = new Date(Date.now() + days * 86_400_000);
  const two = (n) => String(n).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}T${two(then.getHours())}:${two(then.getMinutes())}`;
}

/** Opens one of the forms under the usual next step. */
async function form(page, name) {
  await page.locator('summary', { hasText: name }).first().click();
  return page.getByRole('form', { name, exact: true });
}

test('a case is extended, shelved, supervised and given files', async () => {
  const unit = await lightingUnit();
  const { id, code } = await caseAt('in_progress');
  const desk = await openPage({ as: person('operator'), size: DESK });
  await desk.goto(`/cases/${id}`);
  await settled(desk);

  // The unit asks for more time, in English; the desk grants what was asked for.
  const crew = await openPage({ as: unit.staff, lang: 'en', size: DESK });
  await crew.goto(`/cases/${id}`);
  await crew.getByRole('heading', { name: 'Next step: Report back' }).waitFor();
  const operator = await signedIn(person('operator'));
  const { resolve_by: limit } = await operator.get(`/api/v1/cases/${id}`);
  const owed = (Date.parse(limit) - Date.now()) / 86_400_000;
  const asking = await form(crew, 'Ask for more time');
  await asking.getByLabel('Until when').fill(inDays(owed + 0.25));
  await asking.getByLabel('Why it takes longer').fill('the part is ordered');
  await asking.getByRole('button').click();
  await crew.getByText('more time asked for, until').waitFor();
  await desk.reload();
  const granting = await form(desk, '延期');
  await granting.getByLabel('延期的理由').fill('情况属实');
  await granting.getByRole('button').click();
  await desk.getByText('延期 1 次').first().waitFor();

  // A file goes up, without its author's name, and the resident sees it.
  await desk.locator('summary', { hasText: '上传附件' }).click();
  await desk.getByLabel('选择文件').setInputFiles({
    name: '灯.png',
    mimeType: 'image/png',
    buffer: PNG,
  });
  await desk.getByLabel('居民可以看到').check();
  await desk.getByRole('button', { name: '上传', exact: true }).click();
  const link = desk.getByRole('link', { name: '打开附件：灯.png' });
  await link.waitFor();
  const served = await desk.request.get(await link.getAttribute('href'));
  assert.equal(served.headers()['x-content-type-options'], 'nosniff');
  assert.ok(PNG.includes('Wang XM') && !(await served.body()).includes('Wang XM'));
  const phone = await openPage({ size: PHONE });
  await phone.goto(`/follow/${code}`);
  await phone.getByRole('link', { name: '打开附件：灯.png' }).waitFor();

  // A leader watches over it.
  const leader = await openPage({ as: person('leader'), size: DESK });
  await leader.goto(`/cases/${id}`);
  const watching = await form(leader, '督办');
  await watching.getByRole('radio', { name: '挂牌督办' }).check();
  await watching.getByLabel('答复时限').fill(inDays(1));
  await watching.getByLabel('督办要求').fill('请说明进展');
  await watching.getByRole('button').click();
  await leader
    .getByText(/挂牌督办，.* 前答复/)
    .first()
    .waitFor();

  // It cannot be done now: the clock stands still, and the resident is told.
  await desk.reload();
  const shelving = await form(desk, '挂账');
  await shelving.getByRole('button').click();
  await desk.getByText('请选择一项').first().waitFor();
  await shelving.getByLabel('为什么现在办不了').selectOption({ label: '资金尚未落实' });
  await shelving.getByLabel('复查日期').fill(inDays(20));
  await shelving.getByLabel('告知居民的话').fill('资金落实后更换整杆。');
  await shelving.getByRole('button').click();
  await desk.getByText('已挂账，时限暂停').first().waitFor();
  await picture(desk, 'life-shelved', { fullPage: true });
  await phone.reload();
  await phone.getByText('现在还办不了，已挂账').first().waitFor();
  await phone.getByText('资金落实后更换整杆。').first().waitFor();
  await picture(phone, 'life-follow', { fullPage: true });
});
