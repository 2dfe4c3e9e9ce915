import type { NewRequest, Point } from './api/types';
import { freshKey } from './api';

const DRAFT_KEPT_AS = 'yiwang.report';
const SENT_KEPT_AS = 'yiwang.sent';
const MOST_SENT = 10;

export type Sent = { id: string; code: string; at: string };

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

/** A resident's report while it is being written; kept on this device until it is sent. */
export class ReportDraft {
  address = $state('');
  point = $state.raw<Point | null>(null);
  words = $state('');
  /** What is added beside the photos. */
  more = $state('');
  category = $state('');
  name = $state('');
  phone = $state('');
  /** Sent along, so that sending again never makes a second case. */
  key = freshKey();

  constructor() {
    const kept = read<Partial<ReportDraft>>(DRAFT_KEPT_AS);
    if (!kept) return;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    this.address = text(kept.address);
    this.words = text(kept.words);
    this.more = text(kept.more);
    this.category = text(kept.category);
    this.name = text(kept.name);
    this.phone = text(kept.phone);
    this.key = text(kept.key) || this.key;
    const { lon, lat } = kept.point ?? {};
    if (Number.isFinite(lon) && Number.isFinite(lat)) this.point = { lon: lon!, lat: lat! };
  }

  get empty(): boolean {
    return !this.address && !this.point && !this.words && !this.name && !this.phone;
  }

  keep(): void {
    const { address, point, words, more, category, name, phone, key } = this;
    const all = { address, point, words, more, category, name, phone, key };
    localStorage.setItem(DRAFT_KEPT_AS, JSON.stringify(all));
  }

  /** After it was sent: the next report is another one. */
  clear(): void {
    localStorage.removeItem(DRAFT_KEPT_AS);
    this.address = this.words = this.more = this.category = this.name = this.phone = '';
    this.point = null;
    this.key = freshKey();
  }

  request(): NewRequest {
    const text = (value: string) => value.trim() || undefined;
    const place: NewRequest['place'] = {};
    const address = text(this.address);
    if (address) place.address = address;
    if (this.point) place.point = this.point;
    const words = [this.words.trim(), this.more.trim()].filter(Boolean).join('\n');
    const request: NewRequest = { words, place };
    if (this.category) request.category = this.category;
    const name = text(this.name);
    const phone = text(this.phone);
    if (name || phone)
      request.reporter = { ...(name ? { name } : {}), ...(phone ? { phone } : {}) };
    return request;
  }
}

/** Reports sent from this device, the latest first. */
export function sentReports(): Sent[] {
  const kept = read<Sent[]>(SENT_KEPT_AS);
  return Array.isArray(kept) ? kept.filter((one) => one?.id && one?.code) : [];
}

export function keepSent(sent: Sent): void {
  const all = [sent, ...sentReports().filter((one) => one.code !== sent.code)];
  localStorage.setItem(SENT_KEPT_AS, JSON.stringify(all.slice(0, MOST_SENT)));
}

export function forgetSent(): void {
  localStorage.removeItem(SENT_KEPT_AS);
}
