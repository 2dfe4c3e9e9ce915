/** An address with parts of its query changed; `null` takes one out. */
export function changed(url: URL, changes: Record<string, string | null>): string {
  const after = new URL(url);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') after.searchParams.delete(key);
    else after.searchParams.set(key, value);
  }
  return after.pathname + after.search;
}

/** Whether a link leads to another of our pages, which opens without loading all
    anew; files and answers of the server are the browser's own business. */
export function isPage(link: URL, here: URL): boolean {
  if (link.origin !== here.origin || /^\/(api|tiles|trail)\//.test(link.pathname)) return false;
  return !(link.hash && link.pathname === here.pathname && link.search === here.search);
}

/** Where to go after signing in: only a path of ours, for an address elsewhere
    must not follow a sign-in. */
export function onward(asked: string | null, usual: string): string {
  return asked && /^\/(?![/\\])/.test(asked) ? asked : usual;
}
