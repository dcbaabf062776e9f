import type { Severity } from '../../kernel/findings.ts';

export const sources = ['security-hub', 'guardduty', 'inspector'] as const;
export type Source = (typeof sources)[number];

export const sourceNames: Record<Source, string> = {
  'security-hub': 'Security Hub',
  guardduty: 'GuardDuty',
  inspector: 'Inspector',
};

/** One open finding. */
export interface Finding {
  severity: Severity;
  /** A control, a vulnerability, a type of finding: `EC2.19`, `CVE-2026-1234`. Titles may name people, this doesn't. */
  what: string;
  since: Date;
  /** CVSS or Inspector's own score, 0 to 10, of a vulnerability. */
  score?: number | undefined;
  package?: string | undefined;
  /** An image by its digest, else a machine, a function. */
  where?: string | undefined;
}

/** The open findings of one severity, oldest first. */
export interface OfSeverity {
  /** All of them, also those past the first that were read; undefined = as many as were read, or more. */
  count?: number;
  read: Finding[];
  /** Whether all were read; if not, `read` may still be empty: those that were read count elsewhere. */
  complete: boolean;
}

/** What one source says. */
export interface Reading {
  /** Undefined while the source is off: what it would find isn't known. */
  open: Record<Severity, OfSeverity> | undefined;
  /** What of it is switched off, and so looks at nothing: `Inspector: ec2 DISABLED`; undefined = that could not be read. */
  off: string[] | undefined;
  /** What of it was not read, and why. */
  unread?: string[];
}

/** Asks for each severity; for critical ones first, so that a source that refuses is asked once. */
export async function bySeverity(ask: (severity: Severity) => Promise<OfSeverity>): Promise<Reading['open']> {
  const critical = await ask('critical');
  const [high, medium, low] = await Promise.all([ask('high'), ask('medium'), ask('low')]);
  return { critical, high, medium, low };
}
