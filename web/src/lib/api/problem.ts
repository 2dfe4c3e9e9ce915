/** A refusal of the server (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  /** HTTP status; 0 when there was no answer at all. */
  status: number;
  /** A stable word, such as `field.missing`; `network` when there was no answer. */
  code: string;
  title: string;
  detail: string;
  field: string | null;
  found: string | null;
  allowed: string[];
  requestId: string | null;

  constructor(status: number, body: unknown) {
    const of = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const text = (key: string) => (typeof of[key] === 'string' ? (of[key] as string) : null);
    const title = text('title') ?? '';
    super(title || `HTTP ${status}`);
    this.status = status;
    this.code = text('code') ?? (status === 0 ? 'network' : `http.${status}`);
    this.title = title;
    this.detail = text('detail') ?? '';
    this.field = text('field');
    this.found = text('found');
    this.allowed = Array.isArray(of['allowed']) ? of['allowed'].map(String) : [];
    this.requestId = text('request_id');
  }

  get unreachable(): boolean {
    return this.status === 0;
  }

  static of(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, { detail: error instanceof Error ? error.message : String(error) });
  }
}
