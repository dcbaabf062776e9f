import { Unmeasured } from '../../kernel/check.ts';
import { severities } from '../../kernel/findings.ts';
import type { Where } from '../aws/account.ts';
import { connectInspector } from '../aws/inspector.ts';
import { part } from '../aws/part.ts';
import { countSuppressed, readInspector } from '../security-findings/inspector.ts';
import { gradeOf } from './grade.ts';
import { mostSuppressed, type Reading } from './reading.ts';

/** Inspector's active findings of one account and region. Throws Unmeasured, also where Inspector is off. */
export async function readInspectorFindings(where: Where, most: number, signal: AbortSignal): Promise<Reading> {
  const aws = await connectInspector(where, signal);
  const { open, off, unread = [] } = await readInspector({ aws, signal, most, expected: [] }, signal);
  if (!open) {
    const next = 'activate Inspector in this region, or take the check out';
    throw new Unmeasured('not_entitled', off?.[0] ?? `Inspector in ${aws.region} is off`, { next });
  }
  const suppressed = await part(unread, signal, () => countSuppressed({ aws, signal, most: mostSuppressed }));
  return {
    ...{ suppressed, unread },
    // What of a severity was not read at all may hide one that is overdue, as what was cut off may.
    cutOff: severities.filter((severity) => !open[severity]?.complete),
    open: severities.flatMap((severity) =>
      (open[severity]?.read ?? []).map((finding) => {
        const graver = gradeOf(severity, finding.score);
        return {
          ...{ id: finding.what, severity: graver === 'none' || !graver ? severity : graver, since: finding.since },
          ...{ package: finding.package ?? '', where: finding.where ?? '' },
        };
      }),
    ),
  };
}
