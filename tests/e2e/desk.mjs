// What the browser tests share: a browser, people, and a case's way.

import { chromium } from 'playwright-core';

export const address = process.env.YIWANG_ADDRESS;
export const PASSWORD = 'browser-tests-only-9131';
const out = new URL('./out/', import.meta.url).pathname;

const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A browser whose pages report every error and every address outside the server. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.YIWANG_CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  const faults = [];
  return {
    faults,
    close: () => browser.close(),
    async page({ phone = false, lang = 'en', theme = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: phone ? { width: 360, height: 740 } : { width: 1440, height: 900 },
        locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
        colorScheme: theme,
        hasTouch: phone,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(address) && !/^(data|blob):/.test(url)) faults.push(`outside: ${url}`);
      });
      return page;
    },
  };
}

export async function signIn(page, user, password = PASSWORD) {
  await page.goto(`${address}/sign-in`);
  await page.fill('#user', user);
  await page.fill('#password', password);
  await page.click('form button');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** Opens the form of an action, the usual one or one of the others. */
async function form(page, action) {
  const field = page.locator(`[id^="${action}-"]`).first();
  await field.waitFor({ state: 'attached' });
  const details = page.locator(`details:has([id^="${action}-"])`);
  if ((await details.count()) > 0 && !(await field.isVisible())) {
    await details.locator('summary').click();
  }
  return page.locator(`form:has([id^="${action}-"])`);
}

/** Sends a form and waits until the case has another version. */
async function send(page, sent) {
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().includes('/api/v1/cases/'),
  );
  await sent.locator('.buttons button').last().click();
  const response = await answered;
  if (!response.ok()) throw new Error(`${response.url()}: ${await response.text()}`);
}

export async function accept(page, category) {
  const sent = await form(page, 'accept');
  const chosen = sent.locator('#accept-category');
  await (category ? chosen.selectOption(category) : chosen.selectOption({ index: 1 }));
  await send(page, sent);
}

/** Sends the case to the first suggested unit; returns that unit's code. */
export async function dispatch(page) {
  const sent = await form(page, 'dispatch');
  const first = sent.locator('input[type=radio]').first();
  await first.check();
  const unit = await first.inputValue();
  await send(page, sent);
  return unit;
}

export async function start(page) {
  const answered = page.waitForResponse((response) => response.url().endsWith('/start'));
  await page.locator('section[aria-labelledby="next-step"] form .buttons button').first().click();
  if (!(await answered).ok()) throw new Error('start was refused');
}

export async function reportBack(page, note) {
  const sent = await form(page, 'report_back');
  await sent.locator('textarea').first().fill(note);
  await send(page, sent);
}

export async function verify(page) {
  const sent = await form(page, 'verify');
  await sent.locator('input[type=radio][value=true]').check();
  await send(page, sent);
}

export async function closeCase(page) {
  const answered = page.waitForResponse((response) => response.url().endsWith('/close'));
  await page.locator('section[aria-labelledby="next-step"] form .buttons button').first().click();
  if (!(await answered).ok()) throw new Error('closing was refused');
}

/** Lets the browser check the case's proof; returns `proven` or `refused`. */
export async function checkProof(page) {
  await page.locator('section[aria-labelledby="proof"] .buttons button').click();
  const verdict = page.locator('[data-proof]');
  await verdict.waitFor();
  return verdict.getAttribute('data-proof');
}

export const picture = (page, name) =>
  page.screenshot({ path: `${out}${name}.png`, animations: 'disabled' });
