// How pages are looked at: in both languages, light and dark, on a desk and a telephone.
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

/** Each language as its pages are opened. Turned over they show the other scheme on the
    other device, so that all pages are seen light and dark on both. */
export const LANGUAGES = [
  { lang: 'zh', dark: false, size: DESK },
  { lang: 'en', dark: true, size: DESK },
];

/** Both sides of a page and what axe-core looks for there. A page is made of the same parts
    in both languages, so axe-core looks at one: light on the desk, dark on the telephone.
    In the other, words are longer: nothing may stick out. */
const sides = ({ lang, dark }) => [
  {
    name: `${lang}-${dark ? 'dark' : 'light'}-${DESK.width}`,
    dark,
    size: DESK,
    rules: lang === 'zh' && RULES,
  },
  {
    name: `${lang}-${dark ? 'light' : 'dark'}-${PHONE.width}`,
    dark: !dark,
    size: PHONE,
    rules: lang === 'zh' && WHAT_TURNS,
  },
];

/** Looks at pages, each a name with an address, and where it is needed with what it has to
    show first, as they open and turned over. `tall` names pages of their full height. */
export async function lookAt(options, pages, { tall = () => true } = {}) {
  const page = await openPage(options);
  const both = sides(options);
  for (const [what, address, shows] of pages) {
    await page.goto(address);
    for (const { name, dark, size, rules } of both) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize(size);
      await settled(page);
      if (shows) await page.locator(shows).first().waitFor();
      const shown = `${what}-${name}`;
      await picture(page, shown, { fullPage: tall(what) });
      await assertNoOverflow(page, shown);
      if (rules) await assertAccessible(page, shown, rules);
    }
    await page.emulateMedia({ colorScheme: both[0].dark ? 'dark' : 'light' });
    await page.setViewportSize(both[0].size);
  }
  return page;
}
