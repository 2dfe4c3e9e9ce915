// The alert desk: what is found is shown at once, taken up, kept quiet, and given back.
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
import { placeInCity, silenceRule, thing } from '../lib/things.js';

useBrowser();
afterEach(closePages);

const card = (page, name) => page.getByRole('article').filter({ hasText: name });

test('an alert comes up by itself, is held, silenced, heard again, and handled', async () => {
  const run = Date.now() % 1_000_000;
  const property = `level-${run}`;
  const page = await openPage({ as: person('operator') });
  // The city has alerts of its own.
  await page.goto(`/alerts?cause=${property}`);
  await settled(page);

  const gauge = `桥下水位计 ${run}`;
  const place = await placeInCity();
  await thing(gauge, { property, unit: 'm', place });
  const name = { zh: `水位计静默 ${run}`, en: `Gauge silent ${run}` };
  await silenceRule(`silent-${run}`, name, property, 'orange');
  const found = card(page, name.zh);
  await found.getByText('仍在持续').waitFor();
  await found.getByText(gauge).waitFor();
  await found.getByText('橙色').waitFor();
  await found.getByText('待确认').waitFor();

  await found.getByRole('button', { name: '确认', exact: true }).click();
  await found.getByText('operator 接手').waitFor();
  await page.getByText(/：已确认/).waitFor();
  // It is held, and goes on all the same.
  await found.getByText('仍在持续').waitFor();

  // What must be said is asked for before anything is sent.
  await found.getByRole('button', { name: '静音', exact: true }).click();
  await found.getByText('自动恢复提醒').waitFor();
  await found.getByRole('button', { name: '确定静音' }).click();
  await found.getByText('此项不能为空').waitFor();
  await assertAccessible(page, 'a form of the alert desk');
  await picture(page, 'alerts-silence');
  await found.getByLabel(/理由/).fill('检修中');
  await found.getByRole('button', { name: '确定静音' }).click();
  await found.getByText(/静音至/).waitFor();

  // The state is in the address: whoever is sent it sees the same.
  await page.getByRole('link', { name: '静音中' }).click();
  await page.waitForURL(/state=quiet/);
  await found.waitFor();
  await page.getByRole('button', { name: '撤销静音' }).click();
  await page.getByText('没有符合条件的告警').waitFor();
  await page.goBack();
  await found.getByRole('button', { name: '处置', exact: true }).click();
  await found.getByLabel(/做了什么/).fill('已更换电池');
  await found.getByRole('button', { name: '确定处置' }).click();
  await found.getByText('已处置').waitFor();
  await found.getByRole('button', { name: '经过' }).click();
  await page.waitForURL(/alert=\d+/);
  await found.getByRole('listitem').filter({ hasText: 'operator' }).first().waitFor();
  await found.getByText('检修中').waitFor();
  await assertAccessible(page, 'an alert with what happened');
  await picture(page, 'alerts-history');

  for (const [lang, dark, size] of [
    ['en', true, undefined],
    ['zh', true, PHONE],
  ]) {
    // A leader reads, and has nothing to press.
    const other = await openPage({ as: person('leader'), lang, dark, ...(size ? { size } : {}) });
    await other.goto(`/alerts?cause=${property}`);
    await card(other, name[lang]).waitFor();
    await settled(other);
    assert.equal(
      await card(other, name[lang])
        .getByRole('button', { name: { en: 'Silence', zh: '静音' }[lang] })
        .count(),
      0,
    );
    await assertAccessible(other, `alerts ${lang}`);
    await assertNoOverflow(other, `alerts ${lang}`);
    await picture(other, `alerts-${lang}${size ? '-phone' : ''}`, { fullPage: Boolean(size) });
  }

  // What cannot be read is said, with a way to try again.
  const lost = await openPage({ as: person('leader'), lang: 'en', allow: [/ERR_FAILED/] });
  await lost.route('**/api/v1/alerts?*', (route) => route.abort());
  await lost.goto(`/alerts?cause=nothing-${run}`);
  await lost.getByRole('alert').getByText('The server cannot be reached').waitFor();
  await lost.unroute('**/api/v1/alerts?*');
  await lost.getByRole('button', { name: 'Try again' }).click();
  await lost.getByText('No alert fits the filters').waitFor();
  await assertAccessible(lost, 'no alert');
  await picture(lost, 'alerts-none');
});
