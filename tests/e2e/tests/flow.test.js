// From a reading to an alert, a case, a public warning, and the end of all three.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
import { keyOf, levelRule, placeInCity, publish, sender, streamOf, thing } from '../lib/things.js';
import { request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

const SCHEMA = fileURLToPath(
  new URL('../../../../shared/data/sensing/CAP-v1.2.xsd', import.meta.url),
);

/** Checks a message against the schema of CAP 1.2 with a program that is not ours. */
function assertValid(xml) {
  if (!existsSync(SCHEMA)) {
    console.log('skipped: no ../shared/data');
    return;
  }
  const words = ['--noout', '--nonet', '--schema', SCHEMA, '-'];
  const checked = spawnSync('xmllint', words, { input: xml, encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stderr);
}

test('a published reading becomes an alert, a case and a warning, and all come to their end', async () => {
  const run = Date.now() % 1_000_000;
  const property = `depth-${run}`;
  const name = { zh: `桥下积水 ${run}`, en: `Water under the bridge ${run}` };
  const place = await placeInCity(6);
  const gauge = await thing(`桥下水位计 ${run}`, { property, unit: 'cm', place });
  const stream = await streamOf(gauge);
  const device = await sender(`gauge-${run}`);
  const key = await keyOf(device);
  await levelRule(`depth-${run}`, name, property, [{ at: 25, colour: 'orange' }]);
  // A resident has seen it, some metres away.
  const [lon, lat] = place;
  const { id: reported } = await request(`桥下积水很深，车子过不去。${run}`, {
    place: { point: { lon: lon + 0.0003, lat } },
  });

  const desk = await openPage({ as: person('operator') });
  await desk.goto(`/alerts?cause=${property}`);
  await desk.getByText('没有符合条件的告警').waitFor();
  await publish(device, key, stream, 31);
  const alert = desk.getByRole('article').filter({ hasText: name.zh });
  await alert.getByText('仍在持续').waitFor();
  await alert.getByText('橙色').waitFor();
  await alert.getByRole('button', { name: '确认', exact: true }).click();
  await alert.getByText('operator 接手').waitFor();

  // Before a case is made, what others reported is offered.
  await alert.getByRole('button', { name: '转工单' }).click();
  await alert.getByText('是不是这里面的一件？').waitFor();
  await alert.getByRole('button', { name: '就是这件，由它承接' }).first().click();
  await alert.getByText('此项不能为空').waitFor();
  await settled(desk);
  await assertAccessible(desk, 'which case takes an alert on');
  await picture(desk, 'flow-to-case');
  await alert.getByLabel(/理由/).fill('与居民反映的是同一处');
  const taker = alert.getByRole('listitem').filter({ hasText: reported });
  await taker.getByRole('button', { name: '就是这件，由它承接' }).click();
  await desk.getByText(`由 ${reported} 承接`).waitFor();
  await alert.getByRole('link', { name: reported }).waitFor();

  // A warning comes of it: drafted by the desk, approved by somebody else.
  const operator = await signedIn(person('operator'));
  const { id } = (await operator.get(`/api/v1/alerts?cause=${property}`)).alerts[0];
  const steward = await signedIn(person('steward'));
  const { value, version } = await steward.get('/api/v1/warning-settings');
  const issuer = { code: '99010041600000', sender: 'warning@yunling.example' };
  const named = { ...value, sender: issuer };
  await steward.put('/api/v1/warning-settings', { value: named }, version);
  await operator.post('/api/v1/warnings', {
    alert: id,
    status: 'actual',
    ground: `告警 ${id}`,
    content: {
      areas: [],
      area_words: { zh: '桥下道路', en: 'The road under the bridge' },
      colour: 'orange',
      description: {
        zh: '桥下积水 31 厘米，车辆无法通行。',
        en: '31 cm of water: no way through.',
      },
      event: 'ponding',
      event_name: name,
      expires: new Date(Date.now() + 3 * 3_600_000).toISOString(),
      instruction: { zh: '请绕行。', en: 'Go another way.' },
    },
  });
  const card = (page, words) => page.getByRole('article').filter({ hasText: words });
  const leader = await openPage({ as: person('leader') });
  await leader.goto('/warnings');
  await card(leader, name.zh).getByText('尚无人审批').waitFor();
  await card(leader, name.zh).getByRole('button', { name: '审批通过' }).click();
  await card(leader, name.zh).getByText('leader 审批').waitFor();
  await desk.goto('/warnings');
  await card(desk, name.zh).getByRole('button', { name: '向公众发布' }).click();
  await card(desk, name.zh).getByText('已发布', { exact: true }).waitFor();

  // Anybody reads it, on the page and in the feed, and programs find it valid.
  const resident = await openPage({ lang: 'en', size: PHONE });
  await resident.goto('/warnings/now');
  await card(resident, name.en).getByText('Go another way.').waitFor();
  await assertNoOverflow(resident, 'a public warning');
  await assertAccessible(resident, 'a public warning');
  await picture(resident, 'flow-warning-phone');
  const cap = await card(resident, name.en).getByRole('link').getAttribute('href');
  const message = await (await resident.request.get(cap)).text();
  assert.match(message, /<msgType>Alert<\/msgType>/);
  assertValid(message);
  const feed = await resident.getByRole('link', { name: /Atom/ }).getAttribute('href');
  assert.ok((await (await resident.request.get(feed)).text()).includes(name.zh), 'in the feed');

  // The water goes; what was told is taken back, and the work on it is over.
  await publish(device, key, stream, 2);
  await desk.goto(`/alerts?cause=${property}`);
  await alert.getByText('已恢复').waitFor();
  await alert.getByRole('button', { name: '处置', exact: true }).click();
  await alert.getByLabel(/做了什么/).fill('已抽排，恢复通行');
  await alert.getByRole('button', { name: '确定处置' }).click();
  await desk.getByText('没有符合条件的告警').waitFor();
  await desk.goto('/warnings');
  await card(desk, name.zh).getByRole('button', { name: '解除' }).click();
  await card(desk, name.zh).getByLabel(/理由/).fill('积水已排');
  await card(desk, name.zh).getByRole('button', { name: '确定解除' }).click();
  await card(desk, name.zh).waitFor({ state: 'detached' });
  await resident.reload();
  await settled(resident);
  await card(resident, name.en).waitFor({ state: 'detached' });
  const told = await (await resident.request.get(feed)).text();
  const links = [...told.matchAll(/href="(\/cap\/[^"]+)"/g)].map(([, href]) => href);
  const texts = await Promise.all(
    links.slice(0, 10).map(async (href) => (await resident.request.get(href)).text()),
  );
  const own = texts.filter((text) => text.includes(name.zh));
  const cancelled = own.find((text) => text.includes('<msgType>Cancel</msgType>'));
  assert.ok(cancelled, 'the feed tells that it is cancelled');
  assertValid(cancelled);
});
