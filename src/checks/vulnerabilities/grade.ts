import { type Severity, severities } from '../../kernel/findings.ts';

/** From this CVSS score on, v3.1 and v4.0 alike. */
const from: Record<Severity, number> = { critical: 9, high: 7, medium: 4, low: 0.1 };

/**
 * The graver of a scanner's word (`moderate` = medium) and the CVSS score. `none` = it says that it is no vulnerability (`info`,
 * 0.0); undefined = neither tells, or the word is not known. A score of 0 beside a word is what scanners write for "no score".
 */
export function gradeOf(word: string | undefined, cvss: number | undefined): Severity | 'none' | undefined {
  const scored = cvss === undefined ? undefined : severities.find((severity) => cvss >= from[severity]);
  const said = word === undefined ? undefined : wordOf(word);
  if (word !== undefined && said === undefined) return undefined;
  const graver = severities.find((severity) => severity === scored || severity === said);
  return graver ?? said ?? (cvss === undefined ? undefined : 'none');
}

function wordOf(word: string): Severity | 'none' | undefined {
  const lower = word.toLowerCase();
  if (lower === 'moderate') return 'medium';
  if (lower === 'info' || lower === 'informational' || lower === 'none') return 'none';
  return severities.find((severity) => severity === lower);
}
