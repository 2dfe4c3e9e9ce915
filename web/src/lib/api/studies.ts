import { answer, client } from './index';
import type { components } from './schema';

type Schemas = components['schemas'];

export type StudyRow = Schemas['StudyRow'];
export type StudyFile = Schemas['StudyView'];
export type ArmFigures = Schemas['ArmView'];
export type NewStudy = Schemas['StudyBody'];

const at = (study: string) => ({ params: { path: { study } } });

/** Whether the machine's suggestions make people quicker. */
export const studies = {
  all: async (): Promise<StudyRow[]> => (await answer(client.GET('/api/v1/studies'))).studies,
  read: (code: string): Promise<StudyFile> =>
    answer(client.GET('/api/v1/studies/{study}', at(code))),
  begin: (code: string, body: NewStudy): Promise<StudyFile> =>
    answer(client.PUT('/api/v1/studies/{study}', { ...at(code), body })),
  end: (code: string, grounds: string): Promise<StudyFile> =>
    answer(client.POST('/api/v1/studies/{study}/end', { ...at(code), body: { grounds } })),
};
