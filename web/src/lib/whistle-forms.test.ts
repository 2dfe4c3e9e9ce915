import { describe, expect, it } from 'vitest';
import type { WhistleFile } from './api/types';
import { emptyInput, lacking, whistleBody } from './whistle-forms';

const whistle = {
  stage: 'blown',
  calls: [
    { unit: 'lights', attendance: 'refused' },
    { unit: 'police', attendance: 'waiting' },
  ],
  milestones: [],
} as unknown as WhistleFile;

describe('forms about a whistle', () => {
  it('ask who came and where before checking in', () => {
    expect(lacking('check_in', emptyInput(), whistle)).toEqual(['person', 'address']);
    const here = { ...emptyInput('李娜'), point: { lon: 116.3, lat: 39.9 } };
    expect(lacking('check_in', here, whistle)).toEqual([]);
    expect(whistleBody('check_in', here)).toEqual({
      person: '李娜',
      phone: undefined,
      place: { point: { lon: 116.3, lat: 39.9 } },
      note: undefined,
    });
  });

  it('ask for a reason where the record needs one', () => {
    const low = { ...emptyInput(), unit: 'lights', score: '2' };
    expect(lacking('score', low, whistle)).toEqual(['note']);
    expect(lacking('score', { ...low, score: '3' }, whistle)).toEqual([]);
    const again = { ...emptyInput(), unit: 'lights' };
    expect(lacking('call_unit', again, whistle)).toEqual(['reason']);
    expect(lacking('call_unit', { ...again, unit: 'gas' }, whistle)).toEqual([]);
    expect(lacking('close', emptyInput(), whistle)).toEqual(['reason']);
    const done = { ...whistle, stage: 'confirmed', calls: [] } as unknown as WhistleFile;
    expect(lacking('close', emptyInput(), done)).toEqual([]);
  });
});
