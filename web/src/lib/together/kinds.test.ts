import { expect, it } from 'vitest';
import { cents, faultyField, KINDS, missing, OPENING, stepBody, STEPS } from './kinds';

it('money is typed in yuan and sent in whole cents', () => {
  expect(cents('45000')).toBe(4_500_000);
  expect(cents('0.5')).toBe(50);
  expect(cents('12.34')).toBe(1234);
  for (const wrong of ['', '1.234', '-1', '1e5', 'x']) expect(cents(wrong)).toBeNaN();
});

it('a step is sent under its kind, without what was left empty', () => {
  const typed = { title: '停车', 'title.en': ' ', on: '2026-03-31' };
  expect(stepBody('deliberation', 'add_step', typed)).toEqual({
    deliberation: { add_step: { title: { zh: '停车', en: undefined }, on: '2026-03-31' } },
  });
  const open = { title: '路灯', summary: '治理', lead: 'lights', categories: ['light'] };
  expect(stepBody('topic', 'open', open)).toMatchObject({
    topic: { open: { lead: 'lights', scope: { categories: ['light'] } } },
  });
  expect(stepBody('dispute', 'register', { parties: '甲\n\n 乙 ' })).toEqual({
    dispute: { register: { parties: [{ name: '甲' }, { name: '乙' }] } },
  });
});

it('what must be given and is not is named, and so is a number that is none', () => {
  const fields = STEPS.micro_project['spend'] ?? [];
  expect(missing(fields, { cents: 'x', what: '长椅' })).toEqual(['cents', 'on']);
});

it('a refusal is shown at the control that it speaks of', () => {
  expect(faultyField('dispute', 'agree', 'dispute.agree.on')).toBe('on');
  expect(faultyField('topic', 'open', 'scope.areas[0]')).toBe('areas');
  expect(faultyField('topic', 'open', 'title.zh')).toBe('title');
  expect(faultyField('topic', 'open', 'action')).toBe(null);
});

it('weights are sent together, and only where one is given', () => {
  const sent = (typed: object) => stepBody('appraisal', 'draw_up', { title: '八月', ...typed });
  expect(sent({})).toEqual({ appraisal: { draw_up: { title: { zh: '八月', en: undefined } } } });
  expect(sent({ weight_resolution: '60', weight_response: '40' })).toMatchObject({
    appraisal: { draw_up: { weights: { resolution: 60, response: 40, training: 0 } } },
  });
  expect(faultyField('appraisal', 'draw_up', 'weights')).toBe('weight_response');
  expect(stepBody('pool', 'send', { resources: '1、 3' })).toEqual({
    pool: { send: { resources: [1, 3] } },
  });
});

it('what opens a dossier has a form', () => {
  for (const kind of KINDS) {
    const opening = OPENING[kind];
    if (opening) expect(STEPS[kind][opening]?.length).toBeGreaterThan(0);
  }
});
