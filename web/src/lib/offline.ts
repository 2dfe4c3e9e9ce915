/** Keeps the pages themselves on this device, so that they open without a connection. Only
    where somebody opened a page that is of use then. */
export function openOffline(): void {
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    // Without it the page works as before, with a connection.
    navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  }
}
