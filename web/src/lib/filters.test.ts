import { describe, expect, it } from 'vitest';
import type { CaseChange, City } from './api/types';
import {
  countsQuery,
  divideQuery,
  filtersSet,
  isFiltered,
  listQuery,
  mapQuery,
  mayMatch,
  viewQuery,
} from './filters';

const address = (query: string) => new URLSearchParams(query);

describe('filters in the address of the desk', () => {
  it('become the query of the list, several values as a list', () => {
    expect(
      listQuery(address('stage=submitted,accepted&unit=road&late=true&q=灯&order=due')),
    ).toEqual({
      stage: ['submitted', 'accepted'],
      unit: ['road'],
      late: true,
      q: '灯',
      order: 'due',
    });
    expect(listQuery(address('stage=submitted&stage=closed')).stage).toEqual([
      'submitted',
      'closed',
    ]);
  });

  it('leave out what is empty and what belongs to the page alone', () => {
    expect(listQuery(address('q=&area=,&case=C7&view=map&map=12/30/114&lang=en'))).toEqual({});
  });

  it('are without stage and lateness for the counts, and without order for the map', () => {
    const all = address('stage=closed&late=true&due_soon=true&area=east,west&order=due');
    expect(countsQuery(all)).toEqual({ area: ['east', 'west'] });
    expect(mapQuery(all)).toBe('area=east%2Cwest&stage=closed&late=true&due_soon=true');
  });

  it('are counted beside those of the strip', () => {
    expect(filtersSet(address('unit=a&q=b&stage=closed&order=due'))).toBe(2);
    expect(isFiltered(address('stage=closed'))).toBe(true);
    expect(isFiltered(address('order=due&case=C7&lang=zh'))).toBe(false);
  });
});

describe('a changed case', () => {
  const change = {
    stage: 'dispatched',
    unit: 'road',
    area: 'east-1',
    category: 'lamp',
    late: false,
    due_at: '2026-01-31T08:00:00.000Z',
  } as CaseChange;
  const city = {
    areas: [
      { code: 'east-1', parent: 'east' },
      { code: 'east', parent: null },
      { code: 'loop-a', parent: 'loop-b' },
      { code: 'loop-b', parent: 'loop-a' },
    ],
  } as City;
  const matches = (query: string, changes: Partial<CaseChange> = {}) =>
    mayMatch({ ...change, ...changes }, address(query), city);

  it('belongs to a list whose filters it meets', () => {
    expect(matches('')).toBe(true);
    expect(matches('stage=accepted,dispatched&unit=road&category=lamp,drain&area=east')).toBe(true);
    expect(matches('area=east-1')).toBe(true);
    expect(matches('late=true', { late: true })).toBe(true);
    expect(matches('due_soon=true')).toBe(true);
  });

  it('does not belong to a list when it misses one filter', () => {
    for (const query of [
      'stage=closed',
      'unit=power',
      'category=drain',
      'area=west',
      'late=true',
    ]) {
      expect(matches(query), query).toBe(false);
    }
    expect(matches('unit=road', { unit: null })).toBe(false);
    expect(matches('due_soon=true', { due_at: null })).toBe(false);
    expect(matches('due_soon=true', { late: true })).toBe(false);
    expect(matches('area=east', { area: null })).toBe(false);
  });

  it('may belong where the change does not tell', () => {
    expect(matches('q=路灯&channel=web&from=2026-01-01T00:00:00Z')).toBe(true);
  });

  it('is judged also in a city whose areas lie in each other', () => {
    expect(matches('area=east', { area: 'loop-a' })).toBe(false);
  });
});

it('a saved view holds filters and order, and nothing of what is open beside', () => {
  const address = new URLSearchParams('late=true&case=C3&order=due&map=12/1/2&charts=1&q=a b');
  expect(viewQuery(address)).toBe('q=a+b&late=true&order=due');
});

it('a chart is asked without the filter that its own bars set', () => {
  const address = new URLSearchParams('category=light&area=west&late=true&order=due');
  expect(divideQuery(address, ['category'])).toEqual({ area: ['west'], late: true });
});
