import { expect, test } from 'vitest';
import { hourOf, inThrees } from './hours';

const hour = (at: number) => new Date(Date.UTC(2026, 10, 26, at)).toISOString();

test('the hours of a day stand together as the clock of the city has them', () => {
  // 24 hours from 10:00 in Shanghai, one case in each.
  const hours = Array.from({ length: 24 }, (_, n) => ({
    from: hour(2 + n),
    until: hour(3 + n),
    total: 1,
  }));
  const zone = 'Asia/Shanghai';
  const found = inThrees(hours, zone);
  expect(found.map((one) => hourOf(one.from, zone))).toEqual([10, 12, 15, 18, 21, 0, 3, 6, 9]);
  expect(found.map((one) => one.total)).toEqual([2, 3, 3, 3, 3, 3, 3, 3, 1]);
  expect(found.at(-1)?.until).toBe(hour(26));
  for (const [at, one] of found.entries()) {
    if (at > 0) expect(one.from).toBe(found[at - 1]?.until);
  }
});
