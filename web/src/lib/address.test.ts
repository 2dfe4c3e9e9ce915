import { describe, expect, it } from 'vitest';
import { changed, isPage, onward } from './address';

const here = new URL('http://city.test/desk?stage=submitted&q=路灯');

describe('the address of a page', () => {
  it('changes in parts and keeps the rest', () => {
    expect(changed(here, { case: 'C7' })).toBe(
      '/desk?stage=submitted&q=%E8%B7%AF%E7%81%AF&case=C7',
    );
    expect(changed(here, { q: null, stage: '' })).toBe('/desk');
    expect(here.search).toContain('stage=submitted');
  });

  it.each([
    ['/cases/C7', true],
    ['/desk?stage=closed#list', true],
    ['/desk?stage=submitted&q=路灯#list', false],
    ['/api/v1/cases/C7/proof', false],
    ['/trail/checkpoint', false],
    ['https://elsewhere.test/desk', false],
  ])('knows whether %s is a page of ours: %s', (link, ours) => {
    expect(isPage(new URL(link, here), here)).toBe(ours);
  });

  it.each(['https://elsewhere.test/', '//elsewhere.test', '/\\elsewhere.test', 'desk', '', null])(
    'does not follow a sign-in to %j',
    (asked) => {
      expect(onward(asked, '/desk')).toBe('/desk');
    },
  );

  it('follows a sign-in to the page that was asked for', () => {
    expect(onward('/cases/C7?lang=en', '/desk')).toBe('/cases/C7?lang=en');
  });
});
