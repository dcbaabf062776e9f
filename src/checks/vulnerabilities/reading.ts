import type { ReportedFinding, Severity } from '../../kernel/findings.ts';

export type OpenFinding = Omit<ReportedFinding, 'suppressed'>;

/** What a source knows. */
export interface Reading {
  open: OpenFinding[];
  /** Severities, as the source calls them, of which there are more than were read. */
  cutOff: Severity[];
  /** How many somebody has accepted; null = that could not be read. */
  suppressed: number | null;
  /** What could not be read, and why. */
  unread: string[];
}

/** Of what is suppressed one page is counted: that it is much is all that matters. */
export const mostSuppressed = 100;
