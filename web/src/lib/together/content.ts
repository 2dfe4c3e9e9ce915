import type { DossierFile, DossierKind, LocalText } from '../api/types';
import type { WEIGHTS } from './kinds';

/** What the steps of a dossier add up to, by its kind; docs/API.md says more. */
export type Count = { cases: number; from: string; until: string };
export type Tally = { options: number[]; voices: number };

export type Content = {
  proposal: {
    pattern: { area: string; category: string; cell?: number };
    evidence: {
      cases: string[];
      counted: number;
      elsewhere_hundredths: number;
      expected_hundredths: number;
      found_by: string;
      from: string;
      here_hundredths: number;
      recent: number;
      recent_weeks: number;
      seasons: number[];
      until: string;
      unusual: string;
    };
    case?: string;
    dismissed?: string;
    outcome?: { before: number; after: number; weeks: number };
  };
  topic: {
    summary: LocalText;
    assisting?: string[];
    measures?: LocalText[];
    milestones?: { title: LocalText; due: string; reached_at?: string }[];
    report?: LocalText;
  };
  dispute: {
    track: string;
    parties: number;
    cases?: string[];
    sessions?: { attended: number; on: string }[];
    visits?: { kept: boolean; on: string }[];
    agreed_on?: string;
    outcome?: string;
  };
  property_party: { role: string; duties: string[] };
  asset: {
    sort: string;
    every_days: number;
    inspected_on?: string;
    passed: boolean;
    party?: string;
  };
  deliberation: {
    agenda: LocalText;
    form: string;
    parties: LocalText[];
    steps?: { title: LocalText; on: string; summary?: LocalText }[];
    decision?: { against: number; in_favour: number; text: LocalText };
    cases?: string[];
    report?: LocalText;
  };
  consultation: {
    question: LocalText;
    options: LocalText[];
    choose: number;
    entitled?: number;
    closes_at: string;
    result?: Tally;
    answer?: LocalText;
  };
  micro_project: {
    summary?: LocalText;
    estimate_cents?: number;
    vote?: { closes_at: string; quorum: number };
    votes?: Tally;
    budget_cents?: number;
    payments?: { cents: number; on: string; what: LocalText }[];
    done?: LocalText;
    scoring?: { closes_at: string };
    scores?: Tally;
  };
  pool: {
    units: string[];
    resources?: {
      sort: string;
      name: LocalText;
      unit: string;
      capacity: number;
      taken_out: boolean;
    }[];
    sendings?: {
      number: number;
      case?: string;
      resources: number[];
      from: string;
      until: string;
      back_at?: string;
    }[];
  };
  task: {
    summary: LocalText;
    places: number;
    case?: string;
    claims?: { by?: string; capacity: string; state: string; minutes: number }[];
    report?: LocalText;
  };
  training: {
    summary: LocalText;
    on: string;
    units: string[];
    attended?: { unit: string; expected: number; came: number; passed: number }[];
    report?: LocalText;
  };
  appraisal: {
    from: string;
    until: string;
    objections_by: string;
    formula: string;
    formulas: string[];
    weights: Record<(typeof WEIGHTS)[number], number>;
    lines: {
      unit: string;
      counted: { component: string; met: number; counted: number }[];
      points?: number;
      standing?: string;
      objected: boolean;
      settled: boolean;
    }[];
  };
};

/** The content of a dossier of this kind; the server keeps to the form. */
export function contentOf<K extends DossierKind>(dossier: DossierFile, kind: K): Content[K] | null {
  return dossier.kind === kind ? (dossier.content as unknown as Content[K]) : null;
}

/** Hundredths as a number with one decimal, `4.2`. */
export const hundredths = (value: number): string => (value / 100).toFixed(1);

/** Cents as yuan. */
export const yuan = (cents: number): string =>
  (cents / 100).toLocaleString('en', { minimumFractionDigits: 2 });

/** The mean of scores 1 to 5; `null` without scores. */
export function mean(scores: Tally): string | null {
  if (!scores.voices) return null;
  const sum = scores.options.reduce((all, n, at) => all + n * (at + 1), 0);
  return (sum / scores.voices).toFixed(1);
}
