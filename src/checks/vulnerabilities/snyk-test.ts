import { z } from 'zod';
import type { Parsed, RawFinding } from './raw.ts';

const project = z.object({
  ok: z.boolean(),
  error: z.unknown().optional(),
  displayTargetFile: z.string().nullish(),
  projectName: z.string().nullish(),
  vulnerabilities: z
    .array(
      z.object({
        id: z.string(),
        type: z.string().nullish(),
        packageName: z.string().nullish(),
        severity: z.string(),
      }),
    )
    .optional(),
});

/** Whether it is what `snyk test --json` prints: a project, or a list of them with `--all-projects`. */
export function isSnykTest(json: unknown): boolean {
  const all = Array.isArray(json) ? json : [json];
  return all.length > 0 && all.every((one) => typeof one === 'object' && one !== null && 'ok' in one);
}

/**
 * Each vulnerability once for each package and project, however many paths lead to it; licences are none. Snyk's severity counts
 * as it is: the organisation's policies are in it. They have no dates of when they came in.
 */
export function readSnykTest(json: unknown): Parsed {
  const read = z.array(project).safeParse(Array.isArray(json) ? json : [json]);
  if (!read.success)
    return { invalid: `not as snyk test prints it, at ${read.error.issues[0]?.path.map(String).join('.')}` };
  const raw: RawFinding[] = [];
  for (const { ok, error, vulnerabilities, displayTargetFile, projectName } of read.data) {
    if (error != null || vulnerabilities === undefined)
      return { invalid: 'snyk test failed and says why; run it again' };
    if (!ok && vulnerabilities.length === 0) return { invalid: 'snyk test is not ok and lists nothing' };
    const where = displayTargetFile ?? projectName ?? '';
    for (const { id, type, packageName, severity } of vulnerabilities)
      if (type !== 'license') raw.push({ id, severity, package: packageName ?? '', where });
  }
  return { raw };
}
