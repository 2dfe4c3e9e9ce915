// Things of the city that measure, and rules that judge them, made over HTTP.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { person } from './people.js';
import { signedIn } from './town.js';

/** Registers a thing with one stream; gives the number of its thing. */
export async function thing(name, { property, unit, place }) {
  const steward = await signedIn(person('steward'));
  const named = (name) => ({ name, description: name });
  const made = await steward.post('/sta/v1.1/Things', {
    ...named(name),
    Locations: [
      {
        ...named(name),
        encodingType: 'application/geo+json',
        location: { type: 'Point', coordinates: place },
      },
    ],
    Datastreams: [
      {
        ...named(`${name} ${property}`),
        observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
        unitOfMeasurement: { name: unit, symbol: unit, definition: unit },
        ObservedProperty: { ...named(property), definition: property },
        Sensor: { ...named('sensor'), encodingType: 'text/plain', metadata: 'sensor' },
      },
    ],
  });
  return made['@iot.id'];
}

/** Sets a rule that finds what lies above a level. */
export async function levelRule(code, name, property, levels) {
  const steward = await signedIn(person('steward'));
  return steward.post(
    '/api/v1/rules',
    {
      code,
      reason: '浏览器测试',
      rule: {
        name,
        cause: property,
        when: { one: { measure: { value: {} }, levels, streams: { properties: [property] } } },
      },
    },
    0,
  );
}

/** A key by which an account's device sends. */
export async function keyOf({ name }) {
  const admin = await signedIn(person('admin'));
  return (await admin.post(`/api/v1/accounts/${name}/key`, {})).key;
}

/** Publishes a reading of a stream as a device does, with a client that is not ours, and
    waits until it is acknowledged. */
export async function publish({ name }, key, stream, result) {
  const { hostname, port } = new URL(process.env.CITY_BROKER);
  await promisify(execFile)('mosquitto_pub', [
    ...['-h', hostname, '-p', port, '-V', '311', '-u', name, '-P', key, '-q', '1'],
    ...['-t', `v1.1/Datastreams(${stream})/Observations`, '-m', JSON.stringify({ result })],
  ]);
}

/** Sets a rule that finds whatever is silent for a second: nothing else need happen. */
export async function silenceRule(code, name, property, colour) {
  const steward = await signedIn(person('steward'));
  return steward.post(
    '/api/v1/rules',
    {
      code,
      reason: '浏览器测试',
      rule: {
        name,
        cause: property,
        when: {
          one: {
            measure: { silence: {} },
            levels: [{ at: 1, colour }],
            streams: { properties: [property] },
          },
        },
      },
    },
    0,
  );
}

/** An account by which a device sends; gives how it signs in. */
export async function sender(name) {
  const admin = await signedIn(person('admin'));
  const { password } = await admin.post('/api/v1/accounts', { name, role: 'partner' });
  return { name, password };
}

/** The number of a thing's one stream. */
export async function streamOf(thing) {
  const steward = await signedIn(person('steward'));
  const { value } = await steward.get(`/sta/v1.1/Things(${thing})/Datastreams?$select=id`);
  return value[0]['@iot.id'];
}

/** A place within the sample city, a little apart from others. */
export async function placeInCity(at = 0) {
  const operator = await signedIn(person('operator'));
  const { bounds } = await operator.get('/api/v1/city');
  const [west, south, east, north] = bounds;
  const share = 0.4 + 0.02 * at;
  return [west + (east - west) * share, south + (north - south) * 0.5];
}
