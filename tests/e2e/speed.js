// How quick the desk is in a browser, as JSON: CITY_URL and CITY_SIGN_INS say which
// server, as for the tests; ROUNDS how often each is measured. The map has no graphics
// card here: SwiftShader draws it on the processor, far slower than any card.
import { chromium } from 'playwright-core';
import { person, url } from './lib/people.js';

const rounds = Number(process.env.ROUNDS ?? 5);
const operator = person('operator');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});

const middle = (all) => Math.round([...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]);
const summary = (all) => ({ median_ms: middle(all), worst_ms: Math.round(Math.max(...all)) });

/** A window that has nothing in its cache, signed in. */
async function freshPage() {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    serviceWorkers: 'block',
  });
  const data = { user: operator.name, password: operator.password };
  const answer = await context.request.post('/api/v1/session', { data });
  if (!answer.ok()) throw new Error(`the operator does not sign in: ${answer.status()}`);
  return context.newPage();
}

/** From the beginning of the navigation to the frame that shows rows and counts. */
async function coldDesk() {
  const page = await freshPage();
  await page.goto('/desk', { waitUntil: 'commit' });
  const shown = await page.waitForFunction(
    () => {
      const counted = /\d/.test(document.querySelector('.strip b')?.textContent ?? '');
      return counted && document.querySelector('[data-case]') ? performance.now() : false;
    },
    undefined,
    { polling: 'raf' },
  );
  const ms = await shown.jsonValue();
  await page.context().close();
  return ms;
}

/** From the press of a stage to the frame that shows its cases. */
async function filterToPicture(page, stage) {
  return page.evaluate(
    (stage) =>
      new Promise((done) => {
        const start = performance.now();
        document.querySelector(`.road li.${stage} a`).click();
        const look = () => {
          const list = document.querySelector('.list');
          const there = new URL(location.href).searchParams.get('stage') === stage;
          const ready = list?.getAttribute('aria-busy') === 'false';
          if (there && ready) requestAnimationFrame(() => done(performance.now() - start));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    stage,
  );
}

/** Times between frames while something moves the map. */
async function framesOf(page, move) {
  await page.evaluate(() => {
    const frames = (globalThis.frames_ms = []);
    let last = performance.now();
    const tick = (now) => {
      frames.push(now - last);
      last = now;
      if (globalThis.frames_ms === frames) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const box = await page.locator('.half.map').boundingBox();
  await move(box.x + box.width / 2, box.y + box.height / 2);
  const frames = await page.evaluate(() => {
    const frames = globalThis.frames_ms;
    globalThis.frames_ms = null;
    return frames.slice(2);
  });
  await page.locator('[data-map="still"]').waitFor({ timeout: 60_000 });
  frames.sort((a, b) => a - b);
  const of = (share) => Math.round(frames[Math.floor(share * (frames.length - 1))]);
  return { frames: frames.length, median_ms: of(0.5), p95_ms: of(0.95), worst_ms: of(1) };
}

/** The map is dragged to and fro. */
const pan = (page) =>
  framesOf(page, async (x, y) => {
    for (let round = 0; round < 4; round++) {
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + (round % 2 ? 150 : -150), y - 80, { steps: 20 });
      await page.mouse.up();
    }
  });

/** The wheel turns nearer and farther, over tiles of points of several depths. */
const zoom = (page) =>
  framesOf(page, async (x, y) => {
    await page.mouse.move(x, y);
    for (const by of [-1, -1, -1, 1, 1, 1]) {
      for (let step = 0; step < 5; step++) {
        await page.mouse.wheel(0, 60 * by);
        await page.waitForTimeout(40);
      }
    }
  });

const cold = [];
for (let round = 0; round < rounds; round++) cold.push(await coldDesk());
const page = await freshPage();
await page.goto('/desk');
await page.locator('[data-case]').first().waitFor();
await page.locator('[data-map="still"]').waitFor({ timeout: 60_000 });
const filter = [];
for (let round = 0; round < rounds; round++) {
  for (const stage of ['accepted', 'dispatched', 'closed']) {
    filter.push(await filterToPicture(page, stage));
  }
}
await page.goto('/desk');
await page.locator('[data-map="still"]').waitFor({ timeout: 60_000 });
const counts = await (await page.context().request.get('/api/v1/cases/counts')).json();
const map_pan = await pan(page);
const map_zoom = await zoom(page);
console.log(
  JSON.stringify(
    {
      cases: counts.total,
      cold_desk: summary(cold),
      filter_to_picture: summary(filter),
      map_pan,
      map_zoom,
    },
    null,
    2,
  ),
);
await browser.close();
