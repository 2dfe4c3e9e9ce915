import { expect, test } from 'vitest';
import { stepsOf } from './drill';

test('each line is a step, and one that failed says what was seen', () => {
  expect(stepsOf('两分钟内派单\n\n- 通知物业：无人接听\n- Told: no answer\n－没有说')).toEqual([
    { name: '两分钟内派单', passed: true, note: null },
    { name: '通知物业', passed: false, note: '无人接听' },
    { name: 'Told', passed: false, note: 'no answer' },
    { name: '没有说', passed: false, note: null },
  ]);
});
