/** How grave a vulnerability is, gravest first. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** An open vulnerability, as a scan elsewhere reports it: names that its kind has, no text of anybody's. */
export interface ScannedFinding {
  /** `CVE-2026-1234`, `GHSA-…`. */
  id: string;
  severity: Severity;
  /** '' = not told. */
  package: string;
  /** A file, an image, a machine; '' = not told. */
  where: string;
  /** Undefined = the scan doesn't date it. */
  since: Date | undefined;
  /** Somebody has accepted it. */
  suppressed: boolean;
}

/** One that is kept: since when it is known to be open. */
export type ReportedFinding = ScannedFinding & { since: Date };
