import { z } from 'zod';
import { type ScannedFinding, severities } from '../../kernel/findings.ts';
import { plainLine } from '../../kernel/plain.ts';
import { redact } from '../../kernel/redact.ts';
import { gradeOf } from './grade.ts';
import { isNpmAudit, readNpmAudit } from './npm-audit.ts';
import type { Parsed, RawFinding } from './raw.ts';
import { isSnykTest, readSnykTest } from './snyk-test.ts';

/** Of one report. */
export const mostReported = 5_000;
const longestName = 200;

const text = z.string().max(1_000);
const own = z.array(
  z.strictObject({
    id: text,
    severity: text.optional(),
    cvss: z.number().min(0).max(10).optional(),
    package: text.optional(),
    where: text.optional(),
    since: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })])
      .transform((date) => new Date(date))
      .optional(),
    suppressed: z.boolean().optional(),
  }),
);
const shape = '[{"id": "CVE-2026-1234", "severity": "high", "package": "…", "where": "…", "since": "2026-11-01"}]';

/**
 * What a scan found, from the body of its report: our own list, `npm audit --json`, `pnpm audit --json` or `snyk test --json`.
 * All of it or nothing: what isn't understood must not pass for "no findings". No value of the body is in `invalid`.
 */
export function readPayload(body: string): { findings: ScannedFinding[] } | { invalid: string } {
  const json = parse(body);
  if (json === undefined) return { invalid: `the body is no JSON; it is ${shape}, or what npm, pnpm or Snyk print` };
  const parsed = readFormat(json);
  if ('invalid' in parsed) return parsed;
  const findings = new Map<string, ScannedFinding>();
  for (const [at, raw] of parsed.raw.entries()) {
    const finding = checked(raw);
    if (typeof finding === 'string') return { invalid: `finding ${at + 1}: ${finding}` };
    if (!finding) continue;
    const key = JSON.stringify([finding.id, finding.package, finding.where]);
    findings.set(key, together(finding, findings.get(key)));
  }
  if (findings.size > mostReported)
    return { invalid: `more than ${mostReported} findings: give each project a check of its own` };
  return { findings: [...findings.values()] };
}

function readFormat(json: unknown): Parsed {
  if (isNpmAudit(json)) return readNpmAudit(json);
  if (isSnykTest(json)) return readSnykTest(json);
  const read = own.safeParse(json);
  if (read.success) return { raw: read.data };
  const path = read.error.issues[0]?.path.map(String).join('.') || 'its top';
  return { invalid: `not understood at ${plainLine(path).slice(0, 100)}: the body is ${shape}` };
}

/** Undefined = no vulnerability; a text says what is wrong. */
function checked(raw: RawFinding): ScannedFinding | undefined | string {
  if (!/^[\w.:@/+-]{1,100}$/.test(raw.id) || redact(raw.id) !== raw.id)
    return 'id is a name such as CVE-2026-1234, of at most 100 letters, digits and . _ : @ / + -';
  const severity = gradeOf(raw.severity, raw.cvss);
  if (severity === undefined) return 'severity is critical, high, medium or low; or give cvss, 0 to 10';
  if (severity === 'none') return undefined;
  const { id, since, suppressed = false } = raw;
  return { id, severity, package: name(raw.package), where: name(raw.where), since, suppressed };
}

/** One that is listed twice: the graver word, the earlier date, and accepted only if both are. */
function together(one: ScannedFinding, other: ScannedFinding = one): ScannedFinding {
  const dates = [one.since, other.since].filter((date) => date !== undefined).map(Number);
  return {
    ...one,
    severity: severities.indexOf(one.severity) < severities.indexOf(other.severity) ? one.severity : other.severity,
    since: dates.length > 0 ? new Date(Math.min(...dates)) : undefined,
    suppressed: one.suppressed && other.suppressed,
  };
}

/** Masked before it is cut: half a token would not be known as one. */
function name(given = ''): string {
  const line = plainLine(given).replaceAll(/\s+/g, ' ').trim();
  return redact(line).toWellFormed().slice(0, longestName).toWellFormed();
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
