// The service worker: the pages open without a connection, and nothing else. It keeps the
// shell (the page and its scripts, named by their content) and never an answer of the
// interface: what is shown of cases always comes from the server.
// VERSION and SHELL are set when the pages are built.
const VERSION = '__VERSION__';
const SHELL = ['__SHELL__'];
const CACHE = `yiwang.shell.${VERSION}`;
const kept = new Set(SHELL);

self.addEventListener('install', (event) => {
  // `reload`: what the browser's own cache has may be older than this build.
  const fresh = SHELL.map((path) => new Request(path, { cache: 'reload' }));
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('yiwang.shell.') && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    // The page as the server has it; the kept one only where nobody answers.
    const asked = fetch(request).catch(() => caches.match('/', { cacheName: CACHE }));
    event.respondWith(asked.then((answer) => answer ?? Response.error()));
  } else if (kept.has(url.pathname)) {
    const found = caches.match(url.pathname, { cacheName: CACHE });
    event.respondWith(found.then((answer) => answer ?? fetch(request)));
  }
});
