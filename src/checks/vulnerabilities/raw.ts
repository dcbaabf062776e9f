/** A finding as a scanner's format has it, before its names are checked. */
export interface RawFinding {
  id: string;
  severity?: string | undefined;
  cvss?: number | undefined;
  package?: string | undefined;
  where?: string | undefined;
  since?: Date | undefined;
  suppressed?: boolean | undefined;
}

/** All findings of a report, or why it was not understood, without any of its values. */
export type Parsed = { raw: RawFinding[] } | { invalid: string };
