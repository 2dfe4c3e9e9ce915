// Several grids become one: layers in, looked at on the map, adopted, undone.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  assertAccessible,
  closePages,
  openPage,
  picture,
  settled,
  useBrowser,
} from '../lib/browser.js';
import { person } from '../lib/people.js';
import { signedIn } from '../lib/town.js';

useBrowser();
afterEach(closePages);

/** Rectangles over the city, so many wide and high, the whole shifted by a share of one. */
function layer([west, south, east, north], wide, high, shift, people) {
  const [width, height] = [(east - west) / wide, (north - south) / high];
  const features = [];
  for (let x = -1; x <= wide; x += 1) {
    for (let y = -1; y <= high; y += 1) {
      const [left, low] = [west + (x + shift) * width, south + (y + shift) * height];
      const ring = [
        [left, low],
        [left + width, low],
        [left + width, low + height],
        [left, low + height],
        [left, low],
      ];
      features.push({
        type: 'Feature',
        properties: { code: `${x + 1}-${y + 1}`, ...(people ? { population: people(x, y) } : {}) },
        geometry: { type: 'Polygon', coordinates: [ring] },
      });
    }
  }
  return { type: 'FeatureCollection', features };
}

test('a steward looks at what two grids become, adopts it and takes it back', async () => {
  const steward = await signedIn(person('steward'));
  const { bounds, areas } = await steward.get('/api/v1/city');
  const leaves = areas.filter((area) => area.leaf).length;
  const people = (x, y) => 300 + (((x + 1) * 7 + (y + 1) * 13) % 9) * 150;
  await steward.put('/api/v1/grid/layers/city', layer(bounds, 8, 8, 0, people));

  const page = await openPage({ as: person('steward'), lang: 'zh', map: true });
  await page.goto('/grid');
  const link = page.getByRole('link', { name: '网格', exact: true });
  assert.equal(await link.getAttribute('aria-current'), 'page');
  await page.getByRole('heading', { name: '多格合一', level: 1 }).waitFor();
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByText('请至少选一个图层').waitFor();

  // The other layer comes in from a file, one of whose features has no ground.
  await page.getByText('导入图层').click();
  await page.getByRole('button', { name: '导入', exact: true }).click();
  await page.getByRole('link', { name: '请填写图层名称' }).waitFor();
  await page.getByLabel('图层名称').fill('police');
  const file = (text) => ({ name: 'police.geojson', mimeType: '', buffer: Buffer.from(text) });
  await page.getByLabel('文件').setInputFiles(file('code,population'));
  await page.getByRole('button', { name: '导入', exact: true }).click();
  await page.getByRole('link', { name: '这个文件不是 GeoJSON' }).waitFor();
  await picture(page, 'grid-layer-refused');
  const police = layer(bounds, 5, 6, 0.3);
  const pole = { type: 'Point', coordinates: bounds.slice(0, 2) };
  police.features.push({ type: 'Feature', properties: { code: 'pole' }, geometry: pole });
  await page.getByLabel('文件').setInputFiles(file(JSON.stringify(police)));
  await page.getByRole('button', { name: '导入', exact: true }).click();
  await page.getByText('图层 police 已导入').waitFor();
  await page.getByText('1 个要素没有采用').waitFor();
  await picture(page, 'grid-layer-in');

  // Replaced by a coarser one by mistake, it is set back with its own cells.
  const kept = await steward.get('/api/v1/grid/layers/police');
  await steward.put('/api/v1/grid/layers/police', layer(bounds, 2, 2, 0.3));
  await page.reload();
  await page.getByText('图层的历史').click();
  await page.getByRole('button', { name: '历次修改 police' }).click();
  await page.getByText('网格数').waitFor();
  await picture(page, 'grid-layer-history');
  await page.getByRole('button', { name: '恢复到这一版' }).first().click();
  await page.getByText(`图层 police 已恢复：${kept.features.length} 个网格`).waitFor();
  assert.deepEqual(await steward.get('/api/v1/grid/layers/police'), kept);
  await page.getByRole('checkbox', { name: /city/ }).check();
  await page.getByRole('checkbox', { name: /police/ }).check();
  await page.getByLabel('至少多少人').fill('800');
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByRole('heading', { name: '合并结果' }).waitFor();
  await settled(page);
  assert.match(page.url(), /layers=city%2Cpolice.*min_population=800/);
  await picture(page, 'grid-preview');
  await assertAccessible(page, 'the preview of a merge');
  const cells = await page.locator('caption + thead + tbody tr').count();
  assert.ok(cells > 10, `${cells} cells`);

  await page.getByRole('button', { name: '启用这套网格' }).click();
  await page.getByRole('status').getByText('已启用').waitFor();
  const during = await steward.get('/api/v1/city');
  assert.equal(during.areas.filter((area) => area.leaf).length, cells);
  await page.getByRole('button', { name: '撤销' }).click();
  await page.getByText('已撤销').waitFor();
  const after = await steward.get('/api/v1/city');
  assert.equal(after.areas.filter((area) => area.leaf).length, leaves);
});

test('who may not keep the city sees the preview and no button to adopt it', async () => {
  const page = await openPage({ as: person('leader'), lang: 'en', dark: true });
  await page.goto('/grid?layers=city,police&min_population=1500');
  await page.getByRole('heading', { name: 'What comes out' }).waitFor();
  await settled(page);
  await page.getByText('Only a steward can adopt or undo.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Adopt this grid' }).count(), 0);
  await page.getByText('Crosswalk from old to new').click();
  await picture(page, 'grid-preview-dark');
});
