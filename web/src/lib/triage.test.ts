import { expect, test } from 'vitest';
import type { CaseFile, Suggestion } from './api/types';
import { nextStep, plansFor } from './triage';

const file = (more: object) =>
  ({ stage: 'submitted', category: null, area: null, unit: null, actions: ['accept', 'decline'], suggested_units: [], parts: [], ...more }) as unknown as CaseFile; // prettier-ignore
const suggestion: Suggestion = {
  held_back: false,
  model: 'triage/2',
  categories: [
    { category: 'light', confidence: 0.9, words: ['路灯'], units: [{ unit: 'lights', confidence: 0.8, handled: 30 }] }, // prettier-ignore
    { category: 'road', confidence: 0.06, words: [], units: [] },
  ],
};

test('each category that fits is a plan, with the words that decided and who may lead', () => {
  expect(plansFor(file({}), suggestion)).toEqual([
    { category: 'light', confidence: 0.9, words: ['路灯'], leads: [{ unit: 'lights', handled: 30 }] }, // prettier-ignore
    { category: 'road', confidence: 0.06, words: [], leads: [] },
  ]);
  expect(plansFor(file({}), null)).toEqual([]);
});

test('what a person accepted keeps its category, whatever the words speak for', () => {
  const accepted = { stage: 'accepted', category: 'light', actions: ['dispatch'] };
  const suggested_units = [{ unit: 'street', why: {} }, { unit: 'lights' }];
  expect(plansFor(file({ ...accepted, suggested_units }), suggestion)).toEqual([
    { category: 'light', confidence: null, words: ['路灯'], leads: [{ unit: 'street', handled: null }, { unit: 'lights', handled: 30 }] }, // prettier-ignore
  ]);
});

test('nothing is planned for a case that does not wait for this reader', () => {
  expect(plansFor(file({ actions: ['comment'] }), suggestion)).toEqual([]);
});

test('a decision is accepted, then dispatched, then done', () => {
  const decision = { category: 'light', unit: 'lights' };
  const first = nextStep(decision, file({}));
  expect([first?.action, first?.draft.category]).toEqual(['accept', 'light']);
  const second = nextStep(decision, file({ stage: 'accepted', category: 'light' }));
  expect([second?.action, second?.draft.unit]).toEqual(['dispatch', 'lights']);
  expect(nextStep(decision, file({ stage: 'dispatched' }))).toBeNull();
  expect(nextStep({ ...decision, unit: null }, file({ stage: 'accepted' }))).toBeNull();
});
