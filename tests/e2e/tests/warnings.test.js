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
  await steward.post('/api/v1/warning-settings', {
    ...settings,
    sender: { code: '99010041600000', sender: 'warning@yunling.example' },
  });
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
