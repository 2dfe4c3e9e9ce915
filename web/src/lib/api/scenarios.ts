import type { Setting } from '../settings/keeper.svelte';
import { answer, client } from './index';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Scenario = Schemas['ScenarioBody'];
export type Scenarios = Schemas['ScenariosView'];
export type ScenarioFile = Schemas['ScenarioView'];
export type ScenarioFigure = Schemas['ScenarioFigure'];
export type ScenarioCoverage = Schemas['ScenarioCoverage'];
export type Gate = Schemas['GateView'];
export type Standing = Schemas['ScenarioStanding'];
export type Thresholds = Schemas['ThresholdsBody'];
export type Domain = Schemas['Domain'];
export type Drill = Schemas['DrillBody'];

const seen = (version: number) => ({ 'If-Match': `"${version}"` });
const at = (scenario: string) => ({ params: { path: { scenario } } });

/** What the city is used for, and how good it is at it. */
export const scenarios = {
  all: (): Promise<Scenarios> => answer(client.GET('/api/v1/scenarios')),
  read: (code: string): Promise<ScenarioFile> =>
    answer(client.GET('/api/v1/scenarios/{scenario}', at(code))),
  set: (scenario: string, version: number, value: Scenario, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/scenarios/{scenario}', {
        params: { path: { scenario }, header: seen(version) },
        body: { value, grounds },
      }),
    ),
  history: async (code: string): Promise<Setting<Scenario>[]> =>
    (await answer(client.GET('/api/v1/scenarios/{scenario}/history', at(code)))).versions,
  drill: (code: string, body: Drill): Promise<ScenarioFile> =>
    answer(client.POST('/api/v1/scenarios/{scenario}/drills', { ...at(code), body })),
  rate: (code: string, rating: number): Promise<ScenarioFile> =>
    answer(client.PUT('/api/v1/scenarios/{scenario}/rating', { ...at(code), body: { rating } })),
  accept: (
    scenario: string,
    version: number,
    accepted: boolean,
    grounds: string,
  ): Promise<ScenarioFile> =>
    answer(
      client.PUT('/api/v1/scenarios/{scenario}/acceptance', {
        params: { path: { scenario }, header: seen(version) },
        body: { accepted, grounds },
      }),
    ),
  coverage: (): Promise<ScenarioCoverage> => answer(client.GET('/api/v1/scenario-coverage')),
  domains: (): Promise<Setting<Schemas['DomainsBody']>> =>
    answer(client.GET('/api/v1/city/domains')),
  setDomains: (version: number, categories: Record<string, string[]>, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/domains', {
        params: { header: seen(version) },
        body: { value: { categories }, grounds },
      }),
    ),
};
