// The form of a device and the list of them: pure.
import type { Device, DeviceBody } from './api/sensing';
import type { Missing } from './mapping-form';

export const STATES = ['all', 'quarantined', 'believed', 'silent', 'program'] as const;
export type State = (typeof STATES)[number];

/** The state of a device: one that is quarantined is nothing else. */
export function stateOf(device: Device): Exclude<State, 'all'> {
  if (device.quarantine !== null) return 'quarantined';
  if (!device.registered) return 'program';
  return device.last_seen === null ? 'silent' : 'believed';
}

/** Devices in a state that the words fit; those that need somebody first. */
export function shownOf(
  devices: Device[],
  state: State,
  words: string,
  unit: (code: string) => string,
): Device[] {
  const wanted = words.trim().toLowerCase();
  const fits = (one: Device) =>
    [
      one.name,
      one.owner ? unit(one.owner) : '',
      one.firmware ?? '',
      ...one.things.map(String),
    ].some((text) => text.toLowerCase().includes(wanted));
  return devices
    .filter((one) => (state === 'all' || stateOf(one) === state) && fits(one))
    .sort((a, b) => Number(b.quarantine !== null) - Number(a.quarantine !== null));
}

/** What is typed: numbers and topics as text. */
export type Draft = {
  name: string;
  things: string[];
  firmware: string;
  owner: string;
  lon: string;
  lat: string;
  calibrated: string;
  most: string;
  publish: string;
  subscribe: string;
};

export function draftOf(device: Device | null): Draft {
  return {
    name: device?.name ?? '',
    things: (device?.things ?? []).map(String),
    firmware: device?.firmware ?? '',
    owner: device?.owner ?? '',
    lon: device?.place ? String(device.place.lon) : '',
    lat: device?.place ? String(device.place.lat) : '',
    calibrated: device?.calibrated ?? '',
    most: String(device?.most_per_minute ?? 600),
    publish: (device?.publish ?? []).join('\n'),
    subscribe: (device?.subscribe ?? []).join('\n'),
  };
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** What is typed, as it is sent. */
export function bodyOf(draft: Draft): DeviceBody {
  const placed = draft.lon.trim() !== '' && draft.lat.trim() !== '';
  return {
    things: draft.things.map(Number),
    firmware: draft.firmware.trim() || null,
    owner: draft.owner || null,
    place: placed ? { lon: Number(draft.lon), lat: Number(draft.lat) } : null,
    calibrated: draft.calibrated || null,
    most_per_minute: Math.max(0, Math.round(Number(draft.most)) || 0),
    publish: lines(draft.publish),
    subscribe: lines(draft.subscribe),
  };
}

/** What is missing, all of it at once; the rest is for the server to refuse. */
export function missing(draft: Draft): (Missing | { field: 'lon' | 'lat'; what: 'both' })[] {
  const found: ReturnType<typeof missing> = [];
  if (!draft.name.trim()) found.push({ field: 'name', what: 'text' });
  const [lon, lat] = [draft.lon.trim() !== '', draft.lat.trim() !== ''];
  if (lon !== lat) found.push({ field: lon ? 'lat' : 'lon', what: 'both' });
  if (!String(draft.most).trim()) found.push({ field: 'most_per_minute', what: 'text' });
  return found;
}
