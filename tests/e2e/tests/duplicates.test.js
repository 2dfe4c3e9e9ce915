// Duplicates: a resident joins what is there, the desk compares and merges.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
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

/** A place of the sample city where nothing else is. */
const somewhere = async () => {
  const operator = await signedIn(person('operator'));
  const { bounds } = await operator.get('/api/v1/city');
  const [west, south, east, north] = bounds;
  const part = (from, to) => from + (to - from) * (0.3 + Math.random() * 0.4);
  return { lon: part(west, east), lat: part(south, north) };
};

test('whoever meets the same trouble joins the report that is there and follows it', async () => {
  const place = await somewhere();
  const words = '大桥北侧护栏被货车撞断,行人很危险';
  await request(words, { place: { point: place } });
  const page = await openPage({ size: PHONE });
  await page.goto('/report');
  await settled(page);
  await page.evaluate((point) => {
    const draft = { words: '大桥北侧的护栏断了,货车撞的', point };
    localStorage.setItem('yiwang.report', JSON.stringify(draft));
  }, place);
  await page.goto('/report?step=what');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('heading', { name: '是不是这一件？' }).waitFor();
  await page.getByRole('button', { name: '我也遇到' }).first().waitFor();
  assert.equal(await page.getByText('行人很危险').count(), 0, 'nobody sees what others wrote');
  await assertAccessible(page, 'is it one of these?');
  await picture(page, 'report-similar');
  await page.getByRole('button', { name: '我也遇到' }).first().click();
  await page.getByRole('heading', { name: '已为您记下' }).waitFor();
  const code = await page.locator('#follow-code').textContent();
  await page.goto(`/follow/${code}`);
  await page.getByText('您加入了关注').waitFor();
});

test('the desk sees two reports of one matter side by side, merges them and takes them apart', async () => {
  const place = await somewhere();
  const near = { lon: place.lon + 0.0004, lat: place.lat };
  const main = await request('东门农贸市场后巷污水横流,臭气熏天', { place: { point: place } });
  const other = await request('农贸市场后巷的污水流了一地,东门这边很臭', {
    place: { point: near },
  });
  const desk = await openPage({ as: person('operator'), lang: 'en' });
  await desk.goto(`/cases/${other.id}`);
  await settled(desk);
  const panel = desk.getByRole('region', { name: 'Alike and merged' });
  const candidate = panel.getByRole('article').filter({ hasText: main.id });
  await candidate.getByText(/% alike/).waitFor();
  await candidate.getByText('农贸市场后巷', { exact: true }).waitFor();
  await candidate.getByText('Side by side').click();
  await candidate.getByText('臭气熏天').waitFor();
  await assertAccessible(desk, 'a case with candidates');
  await picture(desk, 'duplicates-side-by-side');
  await candidate.getByRole('button', { name: `Merge into ${main.id}` }).click();
  await panel.getByText(`This case follows the main case ${main.id}.`).waitFor();

  const resident = await openPage({ size: PHONE, lang: 'en' });
  await resident.goto(`/follow/${other.follow_code}`);
  await resident.getByText(`Handled together with case ${main.id}`).waitFor();

  await panel.getByLabel('Why (stays in the record)').fill('another alley');
  await panel.getByRole('button', { name: 'Take out of the merge' }).click();
  await panel.getByRole('article').filter({ hasText: main.id }).waitFor();
  await picture(desk, 'duplicates-taken-apart');
});
