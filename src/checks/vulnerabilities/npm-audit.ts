import { z } from 'zod';
import type { Parsed, RawFinding } from './raw.ts';

const score = z.object({ score: z.number().min(0).max(10).nullish() }).nullish();
/** A text names a package whose own entry has the advisory. */
const via = z.union([
  z.string(),
  z.object({
    source: z.number(),
    dependency: z.string(),
    url: z.string().nullish(),
    severity: z.string(),
    cvss: score,
  }),
]);
const counts = z.object({ vulnerabilities: z.record(z.string(), z.number()) });

/** npm 7 and newer. */
const newer = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(via) })),
  metadata: counts,
});

/** npm 6 and pnpm. */
const older = z.object({
  advisories: z.record(
    z.string(),
    z.object({
      github_advisory_id: z.string().nullish(),
      id: z.union([z.number(), z.string()]).nullish(),
      module_name: z.string(),
      severity: z.string(),
      cvss: score,
    }),
  ),
  metadata: counts,
});

/** Whether it is what `npm audit --json` or `pnpm audit --json` prints, also when they fail. */
export function isNpmAudit(json: unknown): json is object {
  const marks = ['auditReportVersion', 'advisories', 'message', 'error'];
  return typeof json === 'object' && json !== null && !('ok' in json) && marks.some((mark) => mark in json);
}

/** Each advisory once for each package. They have no dates. */
export function readNpmAudit(json: object): Parsed {
  if ('message' in json || 'error' in json) return { invalid: 'the audit failed and says why; run it again' };
  const read = 'advisories' in json ? older.safeParse(json) : newer.safeParse(json);
  if (!read.success) {
    const path = read.error.issues[0]?.path[0];
    return { invalid: `not as npm audit and pnpm audit print it, at ${String(path ?? 'its top')}` };
  }
  const raw = 'advisories' in read.data ? ofOlder(read.data) : ofNewer(read.data);
  // Their own count: what was not found here must not pass for nothing.
  const { total, ...each } = read.data.metadata.vulnerabilities;
  const counted = total ?? Object.values(each).reduce((sum, count) => sum + count, 0);
  if (counted > 0 && raw.length === 0) return { invalid: `it counts ${counted} vulnerabilities and lists no advisory` };
  return { raw };
}

function ofNewer({ vulnerabilities }: z.output<typeof newer>): RawFinding[] {
  return Object.values(vulnerabilities).flatMap((entry) =>
    entry.via.flatMap((one) =>
      typeof one === 'string'
        ? []
        : { id: advisoryOf(one.url) ?? String(one.source), package: one.dependency, ...graded(one) },
    ),
  );
}

function ofOlder({ advisories }: z.output<typeof older>): RawFinding[] {
  return Object.entries(advisories).map(([key, one]) => {
    return { id: one.github_advisory_id || String(one.id ?? key), package: one.module_name, ...graded(one) };
  });
}

function graded({ severity, cvss }: { severity: string; cvss?: z.output<typeof score> }) {
  return { severity, cvss: cvss?.score ?? undefined };
}

/** `https://github.com/advisories/GHSA-…`. */
function advisoryOf(url: string | null | undefined): string | undefined {
  return /\/(GHSA(?:-[a-z0-9]{4}){3})$/i.exec(url ?? '')?.[1];
}
