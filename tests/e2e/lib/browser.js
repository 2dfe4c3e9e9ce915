// One browser for a file of tests; every page is watched while it is open.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { forgetSessions, sessionOf, url as sampleUrl } from './people.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Of these, what can become wrong where only scheme and width of a page change. */
export const WHAT_TURNS = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1440, height: 900 };
/** Too narrow for list and map side by side: the desk without a map. */
export const TABLET = { width: 900, height: 900 };

/** How long a page may take where all else is tested at the same time, and a map is drawn
    without a card. What is wrong shows at once; only what hangs waits so long. */
const PATIENCE_MS = 60_000;

/** What it says of itself when a map is drawn without a graphics card. */
const NO_CARD = /GPU stall due to ReadPixels/;

let browser;
let shared = false;
let watched = [];

/** From now on the browser stays open for the next file, until it is closed. */
export const shareBrowser = () => (shared = true);

/** Closes the browser, if there is one. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** Opens the browser for the tests of a file. */
export function useBrowser() {
  before(async () => {
    forgetSessions();
    browser ??= await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        // Only maps are drawn by a processor that plays a graphics card: put together by
        // it as well, a page costs twice as much.
        '--use-angle=swiftshader-webgl',
        '--enable-unsafe-swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    });
  });
  after(() => shared || closeBrowser());
}

/** In the page: as on a device that cannot draw maps. */
function withoutMaps() {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...rest);
  };
}

/** A page in a window of its own. `allow` names complaints of the browser that the
    test provokes, such as the failed answer to a wrong password; `at` is where the device
    says that it is. Who signs out in a test (`signsOut`) ends no session of others. Maps are drawn only where a test is about them (`map`): without a card
    that takes longer than all else on a page. Elsewhere a page says that it cannot. */
export async function openPage({
  base = sampleUrl,
  lang = 'zh',
  dark = false,
  size = DESK,
  as = null,
  at = null,
  signsOut = false,
  map = false,
  allow = [],
} = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: size,
    hasTouch: size === PHONE,
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    ...(at && {
      permissions: ['geolocation'],
      geolocation: { longitude: at.lon, latitude: at.lat },
    }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (!map) await context.addInitScript(withoutMaps);
  const page = await context.newPage();
  const complaints = [];
  const said = (text) => {
    if (![NO_CARD, ...allow].some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      said(`${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => said(`error: ${error.message}`));
  context.on('request', (request) => {
    const asked = new URL(request.url());
    if (!['data:', 'blob:'].includes(asked.protocol) && asked.origin !== base) {
      said(`asked for something elsewhere: ${request.url()}`);
    }
  });
  watched.push({ context, complaints });
  if (as) {
    const [name, value] = (await sessionOf(as, base, signsOut)).split('=');
    await context.addCookies([{ name, value, url: base, httpOnly: true, sameSite: 'Strict' }]);
  }
  return page;
}

/** Ends a test: closes its windows; nobody may have complained. */
export async function closePages() {
  const all = watched;
  watched = [];
  for (const { context } of all) await context.close();
  assert.deepEqual(
    all.flatMap(({ complaints }) => complaints),
    [],
    'the browser complains of nothing and asks nobody else',
  );
}

/** Waits until the page and its map, if it has one, stand still. */
export async function settled(page) {
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(
    () => !document.querySelector('.bone, [data-map="loading"], [data-map="drawing"]'),
    undefined,
    { timeout: PATIENCE_MS },
  );
}

/** axe-core finds nothing against WCAG 2.2 AA or its best practices. */
export async function assertAccessible(page, what, rules = RULES) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: rules,
      resultTypes: ['violations'],
      preload: false,
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
    );
  }, rules);
  assert.deepEqual(violations, [], what);
}

/** Nothing sticks out at the side. */
export async function assertNoOverflow(page, what) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${what} is ${content} px wide in a window of ${window}`);
}

/** Most of a tall page that a picture shows, px: below it lists only go on. */
const TALLEST = 3_000;

/** A picture for people to look at. */
export async function picture(page, name, { fullPage = false } = {}) {
  const { width } = page.viewportSize();
  const height = fullPage && (await page.evaluate(() => document.documentElement.scrollHeight));
  return page.screenshot({
    path: join(process.env.PICTURES, `${name}.jpg`),
    type: 'jpeg',
    quality: 80,
    ...(fullPage && {
      fullPage,
      clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) },
    }),
  });
}

/** Waits until the page itself is kept on the device. */
export const kept = (page) =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active.state !== 'activated') {
      await new Promise((done) => active.addEventListener('statechange', done, { once: true }));
    }
  });
