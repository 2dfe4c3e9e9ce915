// A case from the desk to the boards without a mouse.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { assertAccessible, closePages, DESK, openPage, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';
import { request, signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

/** Presses Tab until what has the focus is this, as whoever has no mouse does. */
async function tabTo(page, wanted) {
  const seen = [];
  for (let step = 0; step < 90; step++) {
    await page.keyboard.press('Tab');
    const [name, visible] = await page.evaluate(() => {
      const on = document.activeElement;
      if (on === document.body) return ['(the window)', true];
      const ring = getComputedStyle(on).outlineStyle !== 'none' || on.matches('input, select');
      return [`${on.id} ${on.getAttribute('aria-label') ?? ''} ${on.textContent.trim()}`, ring];
    });
    if (wanted.test(name)) {
      assert.ok(visible, `where the focus is can be seen on ${name}`);
      return;
    }
    seen.push(name.slice(0, 40));
  }
  assert.fail(`no Tab leads to ${wanted}: ${seen.join(' | ')}`);
}

/** The keys that the sheet tells: of the page, where it has any, and of every page. */
async function told(page) {
  const lists = page.getByRole('dialog', { name: 'Keyboard' }).locator('dl');
  await lists.first().waitFor();
  const all = await lists.evaluateAll((lists) =>
    lists.map((list) =>
      [...list.querySelectorAll('dt')].map((dt) =>
        [...dt.querySelectorAll('kbd')].map((kbd) => kbd.textContent).join(' '),
      ),
    ),
  );
  return all.map((keys, at) => keys.join(at === all.length - 1 ? '|' : ' '));
}

async function signIn(page, { name, password }, to) {
  await page.goto('/sign-in');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await tabTo(page, /^user/);
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(to);
}

test('from the desk to the boards without a mouse', async () => {
  const words = `路灯坏了，路口一片漆黑 ${Date.now() % 1_000_000}`;
  const { id } = await request(words);
  const api = await signedIn(person('operator'));
  const stage = async () => (await api.get(`/api/v1/cases/${id}`)).stage;

  const desk = await openPage({ lang: 'en', size: DESK });
  const { keyboard } = desk;
  await signIn(desk, person('operator'), /\/desk/);
  await desk.locator('[data-case]').first().waitFor();

  // The sheet tells the keys of this page, and where this reader can go.
  await keyboard.press('?');
  assert.deepEqual(await told(desk), [
    '/ j k Enter z Esc',
    'g h|g d|g q|g b|g w|g e|g a|g o|g i|g c|g r|g f|g n|g t|?',
  ]);
  await keyboard.press('Escape');

  // Filter, choose, take the suggestion, think better of it, and take it after all.
  await keyboard.press('/');
  await keyboard.type(words);
  await keyboard.press('Enter');
  await desk.locator(`[data-case="${id}"]`).waitFor();
  await keyboard.press('Escape');
  await keyboard.press('j');
  await desk.waitForURL(new RegExp(`case=${id}`));
  await desk.getByRole('group', { name: 'Suggested dispatch' }).waitFor();
  await keyboard.press('?');
  assert.equal((await told(desk))[0], '/ j k Enter z Esc a u');
  await keyboard.press('Escape');
  await keyboard.press('a');
  await desk.getByText('is about to be dispatched').waitFor();
  await keyboard.press('z');
  await desk.getByRole('group', { name: 'Suggested dispatch' }).waitFor();
  assert.equal(await stage(), 'submitted');
  await keyboard.press('a');
  await desk.getByText('was dispatched to').waitFor();
  const { unit } = await api.get(`/api/v1/cases/${id}`);

  // The unit finds it in its queue, begins and reports.
  const crew = await openPage({ lang: 'en', size: DESK });
  await signIn(crew, person(unit), /\/queue/);
  await crew.locator('[data-case]').first().waitFor();
  await crew.keyboard.press('/');
  await crew.keyboard.type(words);
  await crew.keyboard.press('Enter');
  await crew.waitForURL(/q=/);
  await crew.locator(`[data-case="${id}"]`).waitFor();
  await crew.keyboard.press('Escape');
  for (const [step, note] of [
    ['Start', ''],
    ['Report back', 'Two lamps replaced and tried.'],
  ]) {
    await crew.keyboard.press('j');
    await crew.keyboard.press('x');
    await tabTo(crew, new RegExp(`^\\s*${step}`));
    await crew.keyboard.press('Enter');
    if (note) {
      await crew.getByRole('heading', { name: `${step}: 1 case` }).waitFor();
      await tabTo(crew, /^bulk-note/);
      await crew.keyboard.type(note);
      await tabTo(crew, /Report back: 1 case/);
      await crew.keyboard.press('Enter');
    }
    await crew.getByText(`${step}: 1 case, in a moment`).waitFor();
    await crew.getByRole('heading', { name: `${step}: 1 done` }).waitFor();
    await tabTo(crew, /Understood/);
    await crew.keyboard.press('Enter');
  }
  assert.equal(await stage(), 'reported');

  // The desk opens the case and verifies it.
  await keyboard.press('j');
  await keyboard.press('Enter');
  await desk.getByRole('heading', { name: 'Next step: Verify' }).waitFor();
  await tabTo(desk, /^verify-pass/);
  await keyboard.press('Space');
  await tabTo(desk, /^\s*Verify$/);
  await keyboard.press('Enter');
  await desk.getByRole('heading', { name: 'Next step: Close' }).waitFor();
  assert.equal(await stage(), 'verified');

  // On to the boards, and to the sheet that tells all these keys.
  await keyboard.press('g');
  await keyboard.press('b');
  await desk.waitForURL(/\/boards/);
  await desk.getByRole('heading', { name: 'Boards', level: 1 }).waitFor();
  await keyboard.press('?');
  await desk.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await desk.getByText('Go to “Boards”').waitFor();
  assert.equal((await told(desk)).length, 1, 'the boards have no keys of their own');
  await assertAccessible(desk, 'the sheet of keys');
  await keyboard.press('Escape');
  await desk.getByRole('dialog').waitFor({ state: 'hidden' });
});
