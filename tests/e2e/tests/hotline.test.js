// The hotline desk: taking a call down without a mouse, knowing the caller again,
// putting a call aside, and what happens when nobody answers.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  assertNoOverflow,
  closePages,
  DESK,
  openPage,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const operator = () => person('operator');
const focused = (page) => page.evaluate(() => document.activeElement?.id);
/** A number nobody else has. */
const number = () => `199${String(Date.now()).slice(-8)}`;

async function open(lang = 'en', more = {}) {
  const page = await openPage({ as: operator(), lang, size: DESK, ...more });
  await page.goto('/hotline');
  await page.getByRole('heading', { name: lang === 'en' ? 'Hotline desk' : '热线坐席' }).waitFor();
  return page;
}

test('a call is taken down by keyboard alone, and the caller is known the next time', async () => {
  const page = await open();
  const phone = number();
  await page.getByLabel('Caller’s number').focus();
  await page.keyboard.type(phone);
  await page.getByText('Nothing came from this number before').waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'words');
  await page.keyboard.type('门口的路灯不亮,晚上很黑');
  await page
    .getByRole('button', { name: /^Take “/ })
    .first()
    .waitFor();
  await page.keyboard.press('F4');
  assert.notEqual(await page.getByLabel('Kind', { exact: true }).inputValue(), '');
  await page.getByRole('timer').filter({ hasNotText: '0:00' }).waitFor();
  await page.getByLabel('Address or landmark').focus();
  await page.keyboard.type('听帆路 91 号');
  await settled(page);
  await assertAccessible(page, 'hotline, a call half taken');
  await assertNoOverflow(page, 'hotline');
  await picture(page, 'hotline-en');
  await page.keyboard.press('Control+Enter');
  const said = await page.getByText(/Taken as C\d+ in/).textContent();
  const id = /C\d+/.exec(said)[0];
  assert.equal(await focused(page), 'phone', 'ready for the next call');
  assert.equal(await page.getByLabel('What is said').inputValue(), '');

  const api = await signedIn(operator());
  const taken = await api.get(`/api/v1/cases/${id}`);
  assert.equal(taken.channel, 'hotline');
  assert.equal(taken.reporter.phone, phone);

  // The same number in another dress; the place is taken over from the first call.
  await page.keyboard.type(`+86 ${phone.slice(0, 3)}-${phone.slice(3)}`);
  const earlier = page.getByRole('region', { name: 'Earlier cases from this number' });
  await earlier.getByText(id).first().waitFor();
  await earlier.getByRole('button', { name: `Same place ${id}` }).click();
  assert.equal(await page.getByLabel('Address or landmark').inputValue(), '听帆路 91 号');
  const similar = page.getByRole('region', { name: 'Open cases at this place' });
  await similar.getByText(id).first().waitFor();
  await picture(page, 'hotline-known');
});

test('a call put aside waits in the tab and ends with the sign-in', async () => {
  const page = await open('zh', { signsOut: true });
  const phone = number();
  await page.getByLabel('来电号码').fill(phone);
  await page.getByLabel('说了什么').fill('说到一半');
  await page.keyboard.press('F8');
  assert.equal(await page.getByLabel('说了什么').inputValue(), '');
  await picture(page, 'hotline-draft-zh');
  await page.reload();
  await page.getByRole('button', { name: new RegExp(phone) }).click();
  assert.equal(await page.getByLabel('说了什么').inputValue(), '说到一半');
  await page.keyboard.press('F8');
  await page.locator('details.who summary').click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test('what is missing is named, and a call that could not be sent is kept', async () => {
  const page = await open('en', { allow: [/ERR_INTERNET_DISCONNECTED/] });
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alert').getByText('Write down what the caller says').waitFor();
  await page.getByRole('alert').getByText('Write down the place').waitFor();
  await page.getByLabel('What is said').fill('Lamp out');
  await page.getByLabel('Address or landmark').fill('91 Tingfan Road');
  await settled(page);
  await page.context().setOffline(true);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alert').getByText('nothing was sent').waitFor();
  assert.equal(await page.getByLabel('What is said').inputValue(), 'Lamp out');
  await page.context().setOffline(false);
  await page.keyboard.press('Control+Enter');
  await page.getByText(/Taken as C\d+ in/).waitFor();
});

test('a table is looked at, put right and taken in', async () => {
  const page = await openPage({ as: operator(), lang: 'en', size: DESK, allow: [/422/] });
  await page.goto('/hotline');
  await page.getByRole('link', { name: 'Take in a table' }).click();
  await page.getByRole('button', { name: 'Look first' }).click();
  await page.getByRole('alert').getByText('Choose a file').waitFor();
  const stamp = Date.now();
  const good = Array.from(
    { length: 9 },
    (_, n) => `T${stamp}${n},2026-01-31 08:0${n},路灯不亮,听帆路 ${n + 1} 号\n`,
  );
  const file = `编号,来电时间,诉求内容,地址\n${good.join('')}T${stamp}x,soon,x,听帆路\n`;
  await page.getByLabel('File').setInputFiles({
    name: 'calls.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(file),
  });
  await page.getByRole('button', { name: 'Look first' }).click();
  await page.getByText('10 rows, 9 of them can be taken').waitFor();
  await page.getByRole('cell', { name: 'soon' }).waitFor();
  await assertAccessible(page, 'a table that was looked at');
  await picture(page, 'upload-en');
  const mapping = await page.getByLabel('What the columns mean').inputValue();
  await page.getByLabel('What the columns mean').fill('system = 1');
  await page.getByRole('button', { name: 'Look first' }).click();
  await page.getByRole('alert').getByText('mapping').waitFor();
  await page.getByLabel('What the columns mean').fill(mapping);
  await page.getByRole('button', { name: 'Take these 9 rows' }).click();
  await page.getByText('9 rows taken, 0 known already, 1 not taken').waitFor();
});
