// The maps themselves, drawn: light and dark, on a desk and a telephone.
import { afterEach, test } from 'node:test';
import { closePages, DESK, openPage, PHONE, picture, settled, useBrowser } from '../lib/browser.js';
import { person } from '../lib/people.js';

useBrowser();
afterEach(closePages);

const PAGES = [
  ['desk-map', '/desk?view=map'],
  ['things-map', '/things'],
  ['report-map', '/report'],
];

for (const [lang, dark, size] of [
  ['zh', false, DESK],
  ['en', true, PHONE],
]) {
  test(`maps are drawn: ${lang}, ${dark ? 'dark' : 'light'}, ${size.width} px`, async () => {
    const page = await openPage({ as: person('operator'), lang, dark, size, map: true });
    for (const [name, address] of PAGES) {
      await page.goto(address);
      await page.locator('[data-map="still"] canvas').first().waitFor({ timeout: 20_000 });
      await settled(page);
      await picture(page, `${name}-${lang}-${size.width}`);
    }
  });
}
