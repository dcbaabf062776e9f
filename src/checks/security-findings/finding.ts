import type { Severity } from '../../kernel/findings.ts';
import { part } from '../aws/part.ts';

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
  /** Undefined while the source is off: what it would find isn't known. Without a severity that could not be read. */
  open: Partial<Record<Severity, OfSeverity>> | undefined;
  /** What of it is switched off, and so looks at nothing: `Inspector: ec2 DISABLED`; undefined = that could not be read. */
  off: string[] | undefined;
  /** What of it was not read, and why. */
  unread?: string[];
}

export interface Parts {
  /** What could not be read, and why. */
  unread: string[];
  /** Of the check, not of its parts. */
  signal: AbortSignal;
}

/**
 * Asks for each severity; for critical ones first, so that a source that refuses is asked once. Others may be refused, or come
 * too late: what was found until then holds.
 */
export async function bySeverity(
  ask: (severity: Severity) => Promise<OfSeverity>,
  { unread, signal }: Parts,
): Promise<Reading['open']> {
  const critical = await ask('critical');
  const others = await Promise.all(
    (['high', 'medium', 'low'] as const).map(async (severity) => {
      const found = await part(unread, signal, () => ask(severity));
      return found && ([severity, found] as const);
    }),
  );
  return { critical, ...Object.fromEntries(others.filter((one) => one !== null)) };
}
