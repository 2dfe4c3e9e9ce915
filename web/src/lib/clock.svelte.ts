/** The server's time, as far as this device knows it: deadlines are the server's. */
class Clock {
  now = $state(Date.now());
  /** This device's own time, for ages measured here. */
  local = $state(Date.now());
  #ahead = 0;

  constructor() {
    setInterval(() => this.#tick(), 1000);
  }

  /** Learns from an answer how far this device's clock is off. */
  set(asOf: string): void {
    const server = Date.parse(asOf);
    if (Number.isFinite(server)) this.#ahead = server - Date.now();
    this.#tick();
  }

  #tick(): void {
    this.local = Date.now();
    this.now = this.local + this.#ahead;
  }
}

export const clock = new Clock();
