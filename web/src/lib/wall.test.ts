import { expect, it } from 'vitest';
import { startOfDay } from './wall.svelte';

it('begins the day where the city is', () => {
  const now = Date.parse('2026-11-26T07:06:05.250Z');
  expect(startOfDay(now, 'Asia/Shanghai')).toBe('2026-11-25T16:00:00.000Z');
  expect(startOfDay(now, 'UTC')).toBe('2026-11-26T00:00:00.000Z');
});
