// How pages are looked at: in both languages, light and dark, on a desk and a telephone.
import {
  assertAccessible,
  assertNoOverflow,
  DESK,
  openPage,
  PHONE,
  picture,
  settled,
  WHAT_TURNS,
} from './browser.js';

/** Each language as its pages are opened. Turned over they show the other scheme on the
    other device, so that all pages are seen light and dark on both. */
export const LANGUAGES = [
  { lang: 'zh', dark: false, size: DESK },
  { lang: 'en', dark: true, size: DESK },
];

const sides = ({ lang, dark }) => [
  { name: `${lang}-${dark ? 'dark' : 'light'}-${DESK.width}`, dark, size: DESK },
  { name: `${lang}-${dark ? 'light' : 'dark'}-${PHONE.width}`, dark: !dark, size: PHONE },
];

/** Looks at pages, each a name with an address, as they open and turned over. `ready` waits for
    what a page needs to have before it is looked at; `tall` names pages of their full height. */
export async function lookAt(options, pages, { ready = settled, tall = () => true } = {}) {
  const page = await openPage(options);
  const [front, back] = sides(options);
  for (const [what, address] of pages) {
    await page.goto(address);
    for (const { name, dark, size } of [front, back]) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize(size);
      await ready(page);
      await settled(page);
      const shown = `${what}-${name}`;
      await picture(page, shown, { fullPage: tall(what) });
      await assertNoOverflow(page, shown);
      await assertAccessible(page, shown, name === back.name ? WHAT_TURNS : undefined);
    }
    await page.emulateMedia({ colorScheme: front.dark ? 'dark' : 'light' });
    await page.setViewportSize(front.size);
  }
  return page;
}
