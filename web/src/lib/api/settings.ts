import { answer, client } from './index';
import type { components, operations } from './schema';
import type { Setting } from '../settings/keeper.svelte';

type Schemas = components['schemas'];

export type UnitValue = Schemas['UnitBody'];
export type CategoryValue = Schemas['CategoryBody'];
export type CategoryLimits = Schemas['CategoryLimitsBody'];
export type CityValue = Schemas['CityBody'];
export type Limits = Schemas['LimitsBody'];
export type Span = Schemas['SpanBody'];
export type Grade = Schemas['Grade'];
export type TriedLimits = Schemas['TriedLimits'];
export type Automatic = Schemas['AutomaticView'];
export type DuplicateLimits = Schemas['DuplicatesBody'];
export type SeatList = Schemas['SeatsBody'];
export type TemplateValue = Schemas['TemplateBody'];
export type TemplatePart = Schemas['TemplatePartBody'];
export type TemplatePreview = Schemas['TemplatePreview'];
export type UnitChange = Schemas['UnitChangeView'];
export type Reorganization = Schemas['ReorganizationView'];
export type Calendar = Schemas['CalendarView'];
export type Year = Schemas['YearBody'];
export type YearVersion = Schemas['YearView'];
export type Account = Schemas['AccountView'];
export type AccountVersion = Schemas['AccountVersion'];
export type AreaVersion = Schemas['AreaView'];
export type NewAccount = Schemas['AccountBody'];
export type Hook = Schemas['HookView'];
export type NewHook = Schemas['HookBody'];
export type DeadLetter = Schemas['DeadLetter'];
export type Coverage = Schemas['CoverageView'];
export type Unclear = Schemas['UnclearRow'];
export type Ladder = Schemas['LadderView'];
export type NewFormula = Schemas['FormulaBody'];
export type ConditionView = Schemas['ConditionView'];
export type FormulaVersion = Schemas['FormulaView'];

const seen = (version: number) => ({ 'If-Match': `"${version}"` });

/** What stewards and administrators keep. */
export const settings = {
  units: async (): Promise<Setting<UnitValue>[]> =>
    (await answer(client.GET('/api/v1/city/units'))).settings,
  setUnit: (unit: string, version: number, value: UnitValue, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/units/{unit}', {
        params: { path: { unit }, header: seen(version) },
        body: { value, grounds },
      }),
    ),
  unitHistory: async (unit: string): Promise<Setting<UnitValue>[]> =>
    (await answer(client.GET('/api/v1/city/units/{unit}/history', { params: { path: { unit } } })))
      .versions,
  categories: async (): Promise<Setting<CategoryValue>[]> =>
    (await answer(client.GET('/api/v1/city/categories'))).settings,
  setCategory: (category: string, version: number, value: CategoryValue, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/categories/{category}', {
        params: { path: { category }, header: seen(version) },
        body: { value, grounds },
      }),
    ),
  categoryHistory: async (category: string): Promise<Setting<CategoryValue>[]> =>
    (
      await answer(
        client.GET('/api/v1/city/categories/{category}/history', {
          params: { path: { category } },
        }),
      )
    ).versions,
  city: (): Promise<Setting<CityValue>> => answer(client.GET('/api/v1/city/settings')),
  setCity: (version: number, value: CityValue, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/settings', {
        params: { header: seen(version) },
        body: { value, grounds },
      }),
    ),
  cityHistory: async (): Promise<Setting<CityValue>[]> =>
    (await answer(client.GET('/api/v1/city/settings/history'))).versions,
  tryLimits: (body: Schemas['TryLimitsBody']) =>
    answer(client.POST('/api/v1/city/limits/try', { body })),
  automatic: () => answer(client.GET('/api/v1/city/automatic')),
  setAutomatic: (version: number, from_permille: number | null, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/automatic', {
        params: { header: seen(version) },
        body: { value: { from_permille }, grounds },
      }),
    ),
  automaticHistory: async () =>
    (await answer(client.GET('/api/v1/city/automatic/history'))).versions,
  duplicates: (): Promise<Setting<DuplicateLimits>> =>
    answer(client.GET('/api/v1/city/duplicates')),
  setDuplicates: (version: number, value: DuplicateLimits, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/duplicates', {
        params: { header: seen(version) },
        body: { value, grounds },
      }),
    ),
  duplicatesHistory: async (): Promise<Setting<DuplicateLimits>[]> =>
    (await answer(client.GET('/api/v1/city/duplicates/history'))).versions,
  seats: (): Promise<Setting<SeatList>> => answer(client.GET('/api/v1/city/seats')),
  setSeats: (version: number, value: SeatList, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/seats', {
        params: { header: seen(version) },
        body: { value, grounds },
      }),
    ),
  seatsHistory: async (): Promise<Setting<SeatList>[]> =>
    (await answer(client.GET('/api/v1/city/seats/history'))).versions,
  templates: async (): Promise<Setting<TemplateValue>[]> =>
    (await answer(client.GET('/api/v1/city/templates'))).settings,
  setTemplate: (template: string, version: number, value: TemplateValue, grounds: string | null) =>
    answer(
      client.PUT('/api/v1/city/templates/{template}', {
        params: { path: { template }, header: seen(version) },
        body: { value, grounds },
      }),
    ),
  templateHistory: async (template: string): Promise<Setting<TemplateValue>[]> =>
    (
      await answer(
        client.GET('/api/v1/city/templates/{template}/history', {
          params: { path: { template } },
        }),
      )
    ).versions,
  previewTemplate: (template: string, street: string, hand_over: boolean) =>
    answer(
      client.GET('/api/v1/city/templates/{template}/preview', {
        params: { path: { template }, query: { street, hand_over } },
      }),
    ),
  reorganizations: async () =>
    (await answer(client.GET('/api/v1/city/reorganizations'))).reorganizations,
  applyTemplate: async (body: Schemas['ApplyTemplateBody']) =>
    (await answer(client.POST('/api/v1/city/reorganizations', { body }))).reorganizations,
  undoReorganization: async (reorganization: number) =>
    (
      await answer(
        client.POST('/api/v1/city/reorganizations/{reorganization}/undo', {
          params: { path: { reorganization: String(reorganization) } },
          body: {},
        }),
      )
    ).reorganizations,
  train: () => answer(client.POST('/api/v1/city/automatic/train', { body: {} })),
  calendar: () => answer(client.GET('/api/v1/calendar')),
  setYear: (version: number, year: Year) =>
    answer(
      client.PUT('/api/v1/calendar/{year}', {
        params: { path: { year: String(year.year) }, header: seen(version) },
        body: year,
      }),
    ),
  yearHistory: async (year: number) =>
    (
      await answer(
        client.GET('/api/v1/calendar/{year}/history', {
          params: { path: { year: String(year) } },
        }),
      )
    ).versions,
  accounts: async () => (await answer(client.GET('/api/v1/accounts'))).accounts,
  accountHistory: async (user: string) =>
    (await answer(client.GET('/api/v1/accounts/{user}/history', { params: { path: { user } } })))
      .versions,
  areaHistory: async (area: string) =>
    (await answer(client.GET('/api/v1/areas/{area}/history', { params: { path: { area } } })))
      .versions,
  addAccount: (body: NewAccount) => answer(client.POST('/api/v1/accounts', { body })),
  newPassword: (user: string) =>
    answer(
      client.POST('/api/v1/accounts/{user}/password', { params: { path: { user } }, body: {} }),
    ),
  disable: (user: string) =>
    answer(
      client.POST('/api/v1/accounts/{user}/disable', { params: { path: { user } }, body: {} }),
    ),
  enable: (user: string) =>
    answer(client.POST('/api/v1/accounts/{user}/enable', { params: { path: { user } }, body: {} })),
  newKey: (user: string) =>
    answer(client.POST('/api/v1/accounts/{user}/key', { params: { path: { user } }, body: {} })),
  hooks: () => answer(client.GET('/api/v1/webhooks')),
  setHook: (body: NewHook) => answer(client.POST('/api/v1/webhooks', { body })),
  dead: (hook: string) =>
    answer(client.GET('/api/v1/webhooks/{hook}/dead', { params: { path: { hook } } })),
  resend: (hook: string) =>
    answer(client.POST('/api/v1/webhooks/{hook}/resend', { params: { path: { hook } }, body: {} })),
  formulas: () => answer(client.GET('/api/v1/formulas')),
  /** Counts by a version that nobody has adopted; keeps nothing. */
  tryFormula: (
    body: Omit<NewFormula, 'grounds'>,
    query: NonNullable<operations['try_formula']['parameters']['query']>,
  ) => answer(client.POST('/api/v1/formulas/try', { params: { query }, body })),
  addFormula: (body: NewFormula) => answer(client.POST('/api/v1/formulas', { body })),
  coverage: () => answer(client.GET('/api/v1/areas/coverage')),
  unclear: async () => (await answer(client.GET('/api/v1/authority'))).unclear,
  ladder: (category: string, area: string) =>
    answer(
      client.GET('/api/v1/authority/ladder', {
        params: { query: { category, ...(area ? { area } : {}) } },
      }),
    ),
};
