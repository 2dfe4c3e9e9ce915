// How pages are looked at: in both languages, light and dark, on a desk and a telephone.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertAccessible,
  assertNoOverflow,
  DESK,
  openPage,
  PHONE,
  picture,
  RULES,
  settled,
  WHAT_TURNS,
} from './browser.js';

/** How each page is looked at, one after the other: both languages, light and dark, on the
    desk and on a telephone. Each language has a picture, each scheme is searched by axe-core:
    for all its rules once, since a page is made of the same parts everywhere, and for what
    can become wrong on the other side. Nowhere may anything stick out. */
const SIDES = [
  { lang: 'zh', dark: false, size: DESK, rules: RULES, pictured: true },
  { lang: 'zh', dark: false, size: PHONE },
  { lang: 'en', dark: true, size: PHONE, rules: WHAT_TURNS, pictured: true },
  { lang: 'en', dark: true, size: DESK },
];

/** What was looked at by all files of tests, an address a line. */
export const LOOKED = join(process.env.PICTURES, 'looked.txt');

/** Reads the page in the other language: by its button, so that what was there before the
    press is seen to follow, or from the start where a page has none. */
async function turnTo(page, lang) {
  const button = page.locator(`header button[lang^="${lang}"]`);
  if ((await button.count()) > 0) return button.click();
  const address = new URL(page.url());
  address.searchParams.set('lang', lang);
  return page.goto(address.href);
}

/** Looks at pages, each a name with an address, and where it is needed with what it has to
    show first. A page opens in the language in which the one before it was left. `tall`
    names pages of their full height. */
export async function lookAt(options, pages, { tall = () => true } = {}) {
  const page = await openPage(options);
  // What is wrong with one page keeps nobody from seeing the next.
  const faults = [];
  for (const [what, address, shows] of pages) {
    await page.goto(address);
    const opensInZh = (await said(page)) === 'zh-CN';
    for (const { lang, dark, size, rules, pictured } of opensInZh ? SIDES : SIDES.toReversed()) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize(size);
      if (!(await said(page)).startsWith(lang)) await turnTo(page, lang);
      await settled(page);
      if (shows) await page.locator(shows).first().waitFor();
      assert.ok((await said(page)).startsWith(lang), `${what} is said in ${lang}`);
      const shown = `${what}-${lang}-${dark ? 'dark' : 'light'}-${size.width}`;
      if (pictured) await picture(page, shown, { fullPage: tall(what) });
      try {
        await assertNoOverflow(page, shown);
        if (rules) await assertAccessible(page, shown, rules);
      } catch (fault) {
        faults.push(`${shown}: ${fault.actual ?? fault}`);
      }
    }
    // Where the page led, which is what was looked at.
    appendFileSync(LOOKED, `${new URL(page.url()).pathname}\n`);
  }
  assert.deepEqual(faults, []);
  return page;
}

/** The language that the page says it is in. */
const said = (page) => page.evaluate(() => document.documentElement.lang);
