import { things, type Page, sta } from '../api/sensing';
import { i18n } from '../i18n/index.svelte';
import { areasInOrder } from '../names';
import { office } from '../session.svelte';
import { called } from '../things';

type Option = { code: string; name: string };

const MOST = 200;

const once = (words: string[]): Option[] =>
  [...new Set(words)].sort().map((word) => ({ code: word, name: word }));

/** What rules can be about: observed properties, units, areas and things that are there. */
class Known {
  properties = $state.raw<Option[]>([]);
  units = $state.raw<Option[]>([]);
  #asked = false;

  /** Reads them once; without them, they are typed. */
  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      const query = { $top: String(MOST), $orderby: 'id desc' };
      const [properties, streams] = await Promise.all([
        sta<Page<{ name: string }>>('ObservedProperties', { ...query, $select: 'name' }),
        sta<Page<{ unitOfMeasurement?: { symbol?: string } }>>('Datastreams', {
          ...query,
          $select: 'unitOfMeasurement',
        }),
      ]);
      this.properties = once(properties.value.map((one) => one.name));
      const symbols = streams.value.map((one) => one.unitOfMeasurement?.symbol ?? '');
      this.units = once(symbols.filter(Boolean));
    } catch {
      this.#asked = false;
    }
  }

  get areas(): Option[] {
    const areas = areasInOrder(office.city?.areas ?? []);
    return areas.map(({ area }) => ({ code: area.code, name: i18n.pick(area.name) }));
  }

  /** Things by a part of their name. */
  things = async (words: string): Promise<Option[]> => {
    const page = await things.list(words, 0, 20);
    return page.value.map((thing) => ({
      code: String(thing['@iot.id']),
      name: `${called(thing)} (${thing['@iot.id']})`,
    }));
  };
}

export const known = new Known();
