import { z } from 'zod';
import { identifier, oneOrMany } from '../../config/schema/scalars.ts';
import { isOpen } from '../check-line.ts';
import { aboutChecks, aboutKeys, attentionFor, notOkWords, openLines, showKey, stateCell } from '../estate/about.ts';
import { changed, isMeasured, numberOf } from '../estate/facts.ts';
import { fewRows } from '../estate/few.ts';
import {
  activityOf,
  countsFindings,
  findingsOf,
  findingsWords,
  risen,
  severities,
  unknownFindings,
} from '../estate/security.ts';
import { defineReportSection } from '../section.ts';

const types = ['security-findings', 'vulnerabilities', 'waf', 'cloudtrail', 'access-posture'];

const options = z.strictObject({
  ...aboutKeys,
  queries: oneOrMany(identifier)
    .default([])
    .describe('groups whose `postgres-query` checks are about security, too')
    .meta({ title: 'id, or a list' }),
  show: showKey,
});

/** Findings by severity, and unusual activity. */
export default defineReportSection({
  name: 'security',
  summary: 'Security: findings by severity and how many are new, against the report before; activity in the thread',
  options,
  async run(ctx, { checks, groups, queries, show }) {
    const about = await aboutChecks(
      ctx,
      { checks, groups },
      ({ type, group }) => types.includes(type) || (type === 'postgres-query' && queries.includes(group)),
    );
    const findings = findingsOf(about.checks);
    const before = ctx.previous?.values ?? {};
    const unknown = [...about.unknown, ...unknownFindings(about.checks)];
    const isTold = about.checks.some((check) => countsFindings(check) && isOpen(check));
    const more = isTold ? [] : risen(findings, before);
    const known = severities.filter((name) => findings.counts[name] !== null);
    const notOk = notOkWords(about.checks);
    const words = findingsWords(findings);
    const brief = notOk !== '' && words === 'no unusual activity' ? 'security' : words;
    return {
      title: 'Security',
      attention: attentionFor({ ...about, unknown }, show, more),
      lines: [...openLines(about.checks, show), ...more],
      unknown,
      ...(about.checks.length > 0 && { brief: `${brief}${notOk}` }),
      tables: [
        ...fewRows(about.checks.some(countsFindings) ? [findings] : [], {
          title: 'Findings in all',
          columns: ['Critical', 'High', 'Medium', 'Low', 'New in 24 h'],
          row: ({ counts, fresh }) => [
            ...severities.map((name) => changed(counts[name], before[name])),
            changed(fresh, undefined),
          ],
        }),
        ...fewRows(about.checks, {
          title: 'Security',
          columns: ['Check', 'State', 'Critical', 'High', 'Medium', 'Low', 'What'],
          row: (check) => [
            check.id,
            stateCell(check.outcome),
            ...severities.map((name) => (countsFindings(check) ? severityCell(check, name) : null)),
            activityOf(check),
          ],
        }),
      ],
      values: about.checks.some(countsFindings)
        ? Object.fromEntries(known.map((name) => [name, findings.counts[name] ?? 0]))
        : {},
    };
  },
});

/** `≥ 3` where not all findings were read. */
function severityCell(check: Parameters<typeof activityOf>[0], name: string): string {
  const value = isMeasured(check) ? numberOf(check, name) : null;
  return `${value !== null && check.facts.complete === false ? '≥ ' : ''}${changed(value, undefined)}`;
}
