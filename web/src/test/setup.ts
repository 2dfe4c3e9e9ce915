// What the tested modules ask of a browser when they are loaded.
const kept = new Map<string, string>();

Object.assign(globalThis, {
  location: new URL('http://city.test/'),
  navigator: { languages: ['en-GB'] },
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
  },
});
