import type { NewRequest, Point } from './api/types';
import { freshKey } from './api';

const KEPT_AS = 'yiwang.calls';
const MOST_DRAFTS = 10;

type Kept = {
  key: string;
  phone: string;
  name: string;
  words: string;
  address: string;
  point: Point | null;
  category: string;
  checked: string[];
  /** When the call began, milliseconds since 1970. */
  began: number | null;
};

/** A call while it is being taken down. */
export class Call {
  phone = $state('');
  name = $state('');
  words = $state('');
  address = $state('');
  point = $state.raw<Point | null>(null);
  category = $state('');
  checked = $state<string[]>([]);
  began = $state<number | null>(null);
  /** Sent along, so that sending again never makes a second case. */
  key = freshKey();

  get empty(): boolean {
    return !(this.phone || this.name || this.words || this.address || this.point);
  }

  /** Something was typed: the call has begun. */
  keep(): void {
    this.began ??= Date.now();
  }

  clear(): void {
    this.phone = this.name = this.words = this.address = this.category = '';
    this.point = null;
    this.checked = [];
    this.began = null;
    this.key = freshKey();
  }

  kept(): Kept {
    const { key, phone, name, words, address, point, category, began } = this;
    const checked = [...this.checked];
    return { key, phone, name, words, address, point, category, checked, began };
  }

  takeUp(kept: Kept): void {
    Object.assign(this, kept);
  }

  request(): NewRequest {
    const text = (value: string) => value.trim() || undefined;
    const place: NewRequest['place'] = {};
    const address = text(this.address);
    if (address) place.address = address;
    if (this.point) place.point = this.point;
    const request: NewRequest = { words: this.words.trim(), channel: 'hotline', place };
    if (this.category) request.category = this.category;
    const name = text(this.name);
    const phone = text(this.phone);
    if (name || phone)
      request.reporter = { ...(name ? { name } : {}), ...(phone ? { phone } : {}) };
    return request;
  }
}

/** Calls put aside, the latest first. They stay in this tab and end with the sign-in. */
export class Drafts {
  all = $state.raw<Kept[]>(read());

  keep(call: Call): void {
    this.#write([call.kept(), ...this.all.filter((one) => one.key !== call.key)]);
  }

  drop(key: string): void {
    this.#write(this.all.filter((one) => one.key !== key));
  }

  #write(all: Kept[]): void {
    this.all = all.slice(0, MOST_DRAFTS);
    sessionStorage.setItem(KEPT_AS, JSON.stringify(this.all));
  }
}

function read(): Kept[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? (kept as Kept[]).filter((one) => one?.key) : [];
  } catch {
    return [];
  }
}
