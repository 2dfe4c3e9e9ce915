import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeStream, type Source } from './stream';

const CONNECTING = 0;
const CLOSED = 2;

class FakeSource implements Source {
  readyState = CONNECTING;
  onerror: ((event: Event) => void) | null = null;
  #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void) {
    this.#listeners.set(type, listener);
  }

  close() {
    this.readyState = CLOSED;
  }

  say(type: string, data: unknown) {
    this.#listeners.get(type)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }

  /** The connection breaks; the browser goes on trying unless the server refused it. */
  fail(refused: boolean) {
    this.readyState = refused ? CLOSED : CONNECTING;
    this.onerror?.(new Event('error'));
  }
}

const change = (seq: number) => ({ seq, id: 'C1', version: 2 });

describe('the stream of changes', () => {
  let opened: FakeSource[] = [];
  let told: string[] = [];
  let stream: ChangeStream;
  const last = () => opened.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    opened = [];
    told = [];
    stream = new ChangeStream({
      open: (from) => {
        if (from !== null) told.push(`from ${from}`);
        const source = new FakeSource();
        opened.push(source);
        return source;
      },
      state: (state) => told.push(state),
      changed: ({ seq }) => told.push(`entry ${seq}`),
      whistled: ({ seq }) => told.push(`whistle ${seq}`),
      alerted: () => {},
      warned: () => {},
      filed: ({ seq }) => told.push(`dossier ${seq}`),
      missed: () => told.push('missed'),
      ended: () => told.push('ended'),
    });
  });
  afterEach(() => vi.useRealTimers());

  it('tells changes of whistles and dossiers too, and counts them', () => {
    stream.start();
    last().say('ready', 7);
    last().say('whistle', { seq: 7, id: 'W1', version: 1 });
    last().say('dossier', { seq: 8, id: 'D1', version: 1 });
    last().say('ready', 9);
    expect(told).toEqual(['connecting', 'on', 'missed', 'whistle 7', 'dossier 8', 'on']);
  });

  it('asks to read again once connected: something may have happened since the page was read', () => {
    stream.start();
    stream.start();
    last().say('ready', 7);
    expect(opened).toHaveLength(1);
    expect(told).toEqual(['connecting', 'on', 'missed']);
  });

  it('begins from the entry the session told, so that nothing is read twice', () => {
    stream.start(7);
    last().say('ready', 7);
    last().say('case', change(7));
    expect(told).toEqual(['connecting', 'from 7', 'on', 'entry 7']);
    told = [];
    last().fail(true);
    vi.advanceTimersByTime(1000);
    last().say('ready', 20);
    expect(told).toEqual(['lost', 'ended', 'on', 'missed']);
  });

  it('tells changes, and reads nothing again when the browser reconnects where it was', () => {
    stream.start();
    last().say('ready', 7);
    last().say('case', change(7));
    told = [];
    last().fail(false);
    last().say('ready', 8);
    last().say('case', change(8));
    expect(opened).toHaveLength(1);
    expect(told).toEqual(['lost', 'on', 'entry 8']);
  });

  it('asks to read again when the new connection begins further on, or further back', () => {
    stream.start();
    last().say('ready', 7);
    for (const from of [9, 3]) {
      told = [];
      last().fail(false);
      last().say('ready', from);
      expect(told).toEqual(['lost', 'on', 'missed']);
    }
  });

  it('begins anew where the browser gave up, waiting longer each time up to 15 seconds', () => {
    stream.start();
    const waits = [1, 2, 4, 8, 15, 15];
    for (const [turn, seconds] of waits.entries()) {
      last().fail(true);
      vi.advanceTimersByTime(seconds * 1000 - 1);
      expect(opened).toHaveLength(turn + 1);
      vi.advanceTimersByTime(1);
      expect(opened).toHaveLength(turn + 2);
    }
    expect(told.filter((one) => one === 'ended')).toHaveLength(waits.length);
    last().say('ready', 0);
    last().fail(true);
    vi.advanceTimersByTime(1000);
    expect(opened).toHaveLength(waits.length + 2);
  });

  it('says nothing more and opens nothing once stopped', () => {
    stream.start();
    const source = last();
    source.fail(true);
    stream.stop();
    told = [];
    vi.advanceTimersByTime(60_000);
    source.say('ready', 1);
    source.say('case', change(1));
    source.fail(true);
    expect(told).toEqual([]);
    expect(opened).toHaveLength(1);
    expect(source.readyState).toBe(CLOSED);
  });

  it('knows after a pause whether anything happened meanwhile', () => {
    stream.start();
    last().say('ready', 7);
    stream.stop();
    told = [];
    stream.start();
    last().say('ready', 7);
    expect(told).toEqual(['connecting', 'on']);
  });
});
