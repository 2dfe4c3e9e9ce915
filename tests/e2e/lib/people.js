// Who can sign in: names and passwords from a city's list.
import { readFileSync } from 'node:fs';

export const url = process.env.CITY_URL;
export const bostonUrl = process.env.BOSTON_URL;

/** The password of a name in a list of `  name  password …` lines. */
function password(list, name) {
  const line = readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([found]) => found === name);
  if (!line) throw new Error(`nobody is called ${name}`);
  return line[1];
}

/** A grid worker of the sample city. */
export function gridWorker() {
  const list = readFileSync(process.env.CITY_SIGN_INS, 'utf8');
  return person(/^\s*(grid-\S+)/m.exec(list)[1]);
}

const sessions = new Map();

/** What a file of tests did to accounts is nothing to the next. */
export const forgetSessions = () => sessions.clear();

/** The cookie of somebody who signed in: once for all that a file of tests does, since a
    password is slow to check on purpose, or anew for one of its `own`. */
export function sessionOf({ name, password }, base = url, own = false) {
  const key = `${base} ${name}`;
  if (own || !sessions.has(key)) {
    const asked = fetch(`${base}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: name, password }),
    });
    const told = asked.then((answer) => {
      if (!answer.ok) throw new Error(`${name} cannot sign in: ${answer.status}`);
      return answer.headers.get('set-cookie').split(';')[0];
    });
    if (own) return told;
    sessions.set(key, told);
  }
  return sessions.get(key);
}

export function person(name, city = 'sample') {
  const list = city === 'boston' ? process.env.BOSTON_SIGN_INS : process.env.CITY_SIGN_INS;
  return { name, password: password(list, name) };
}
