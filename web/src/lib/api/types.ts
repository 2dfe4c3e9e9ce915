export type LocalText = { zh: string; en: string };

export type Stage =
  | 'submitted'
  | 'accepted'
  | 'dispatched'
  | 'in_progress'
  | 'reported'
  | 'verified'
  | 'closed'
  | 'declined';

export type Action =
  | 'submit'
  | 'accept'
  | 'decline'
  | 'dispatch'
  | 'start'
  | 'report_back'
  | 'verify'
  | 'close'
  | 'call_back'
  | 'reopen'
  | 'erase';

export type Channel =
  'hotline' | 'web' | 'app' | 'mini_program' | 'counter' | 'grid_worker' | 'partner';

export type Role = 'operator' | 'unit' | 'verifier' | 'leader' | 'steward' | 'auditor' | 'admin';

export type Point = { lon: number; lat: number };

export type User = { name: string; display_name: string; role: Role; unit: string | null };
export type Session = { user: User | null };

export type Coded = { code: string; name: LocalText };
export type AreaInfo = Coded & { parent: string | null; leaf: boolean };
export type UnitInfo = Coded & {
  kind: 'department' | 'street' | 'utility';
  duties: string[];
  areas: string[];
};
export type CategoryInfo = Coded & { group: LocalText };

export type City = {
  name: LocalText;
  zone: string;
  bounds: [number, number, number, number] | null;
  has_base_map: boolean;
  areas: AreaInfo[];
  units: UnitInfo[];
  categories: CategoryInfo[];
  channels: Coded[];
  stages: Coded[];
  actions: Coded[];
  decline_reasons: Coded[];
};

export type NewRequest = {
  words: string;
  category?: string;
  channel?: Channel;
  place: { address?: string; point?: Point };
  reporter?: { name?: string; phone?: string };
};
export type Received = {
  id: string;
  follow_code: string;
  stage: Stage;
  area: string | null;
  accept_by: string;
};

export type CallBack = {
  at: string;
  reached: boolean;
  solved: boolean | null;
  satisfaction: number | null;
};

export type Followed = {
  id: string;
  stage: Stage;
  category: string | null;
  area: string | null;
  unit: string | null;
  unit_name: LocalText | null;
  submitted_at: string;
  due_at: string | null;
  words: string | null;
  address: string | null;
  can: ('call_back' | 'reopen')[];
  timeline: { at: string; event: string; note: string | null }[];
  call_back: CallBack | null;
};

export type CaseRow = {
  id: string;
  version: number;
  stage: Stage;
  channel: Channel;
  category: string | null;
  area: string | null;
  unit: string | null;
  words: string | null;
  address: string | null;
  point: Point | null;
  erased: boolean;
  submitted_at: string;
  due_at: string | null;
  closed_at: string | null;
  late: boolean;
  reopened: number;
  failed_verifications: number;
  call_back: CallBack | null;
};

export type CasePage = { cases: CaseRow[]; next: string | null; as_of: string };

export type Counts = {
  total: number;
  open: number;
  late: number;
  due_soon: number;
  by_stage: Partial<Record<Stage, number>>;
  as_of: string;
};

export type TimelineEntry = {
  seq: number;
  at: string;
  recorded_at: string;
  by: string;
  event: string;
  data: Record<string, unknown>;
  grounds: string | null;
  note: string | null;
};

export type CaseFile = CaseRow & {
  reporter: { name?: string | null; phone?: string | null } | null;
  follow_code: string | null;
  source: { system: string; id: string } | null;
  decline: string | null;
  respond_by: string | null;
  resolve_by: string | null;
  dispatched_at: string | null;
  started_at: string | null;
  reported_at: string | null;
  closed_unverified: boolean;
  actions: Action[];
  suggested_units: { unit: string; why: LocalText }[];
  timeline: TimelineEntry[];
};

/** What a server-sent event says of a case. */
export type CaseChange = {
  seq: number;
  id: string;
  version: number;
  event: string;
  stage: Stage;
  unit: string | null;
  area: string | null;
  category: string | null;
  late: boolean;
  due_at: string | null;
  by: string;
};

export const OPEN_STAGES: Stage[] = [
  'submitted',
  'accepted',
  'dispatched',
  'in_progress',
  'reported',
  'verified',
];
