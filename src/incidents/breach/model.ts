import type { By } from '../model.ts';
import type { Day } from './days.ts';
import type { Delay, NoticeKind, PlannedNotice } from './deadlines.ts';

export const factors = ['nature', 'who', 'acquired', 'mitigated'] as const;
/** 45 CFR 164.402 (2): what the probability that PHI was compromised is judged by. */
export type Factor = (typeof factors)[number];

export const factorLabels: Record<Factor, string> = {
  nature: '1. Nature and extent of the PHI',
  who: '2. Who used it, or to whom it was disclosed',
  acquired: '3. Was it actually acquired or viewed?',
  mitigated: '4. How far has the risk been mitigated?',
};

export const conclusions = {
  not_yet: 'Not concluded yet',
  breach: 'Breach',
  low: 'Low probability of compromise',
} as const;
export type Conclusion = keyof typeof conclusions;

/** What people answered at one time; texts are redacted. */
export interface Answers {
  exposed: 'yes' | 'no' | 'unsure';
  factors: Partial<Record<Factor, string>>;
  individuals?: number;
  /** Residents by state or jurisdiction. */
  states: Record<string, number>;
  weAre: 'covered_entity' | 'business_associate';
  contractDays?: number;
  /** Who is told how, and what protects them. */
  plan?: string;
  delay?: Delay & { official: string };
  conclusion: Conclusion;
}

export interface Version {
  version: number;
  at: Date;
  by: By;
  answers: Answers;
  sha256: string;
}

export interface Sent {
  on: Day;
  confirmation: string;
  /** When that was recorded, and who did. */
  at: Date;
  by: By;
}

export interface Notice extends PlannedNotice {
  sent?: Sent;
}

export interface Assessment {
  id: number;
  /** When PHI was first said to be possible. */
  phiAt: Date;
  /** Known, or should have been; never later. */
  discoveredAt: Date;
  /** Of the answers. */
  dueAt: Date;
  /** No PHI after all. */
  dropped: boolean;
  /** The newest; undefined = nobody has answered yet. */
  newest?: Version;
  /** Those that the newest answers plan, by when they are due. */
  notices: Notice[];
}

export const noticeNames: Record<NoticeKind, string> = {
  individuals: 'Notice to the individuals',
  hhs: 'Notice to HHS',
  media: 'Notice to the media',
  covered_entity: 'Notice to the covered entity',
};

export const disclaimer = 'Not legal advice; your compliance officer decides. Rounds tells nobody outside of it.';

/** What the assessment has come to. Pure. */
export function concluded({ newest }: Pick<Assessment, 'newest'>): Conclusion {
  return newest?.answers.conclusion ?? 'not_yet';
}

/** Whether something is still to be done about it: to conclude, or to send a notice. Pure. */
export function isRunning(assessment: Assessment | undefined): boolean {
  if (!assessment) return false;
  const toConclude = !assessment.dropped && concluded(assessment) === 'not_yet';
  return toConclude || assessment.notices.some(({ sent }) => !sent);
}
