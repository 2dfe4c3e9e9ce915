import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Draft, Photo } from './draft';

type Schema = DBSchema & {
  drafts: { key: string; value: Draft };
  /** Photos of a report that is still being written, under its key. */
  photos: { key: string; value: Photo[] };
};

let opened: Promise<IDBPDatabase<Schema>> | undefined;

/** This device's own database; it holds nothing but what is not sent yet and what was. */
const database = () =>
  (opened ??= openDB<Schema>('yiwang', 1, {
    upgrade(made) {
      made.createObjectStore('drafts', { keyPath: 'key' });
      made.createObjectStore('photos');
    },
  }));

export const kept = {
  all: async (): Promise<Draft[]> => (await database()).getAll('drafts'),
  read: async (key: string): Promise<Draft | undefined> => (await database()).get('drafts', key),
  put: async (draft: Draft): Promise<void> => void (await (await database()).put('drafts', draft)),
  drop: async (key: string): Promise<void> => (await database()).delete('drafts', key),
  photos: async (key: string): Promise<Photo[]> =>
    (await (await database()).get('photos', key)) ?? [],
  putPhotos: async (key: string, photos: Photo[]): Promise<void> => {
    const db = await database();
    if (photos.length > 0) await db.put('photos', photos, key);
    else await db.delete('photos', key);
  },
};
