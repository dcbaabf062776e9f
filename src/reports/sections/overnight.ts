import { z } from 'zod';
import { identifier } from '../../config/schema/scalars.ts';
import { countFailures } from '../../health/failures.ts';
import type { CheckReport } from '../../health/model.ts';
import { severitiesBetween } from '../../incidents/between.ts';
import { countProposals } from '../../incidents/proposals/store.ts';
import { everybody } from '../everybody.ts';
import { markedTitle, outcomeOf } from '../marks.ts';
import type { ReportLine, SectionResult } from '../model.ts';
import {
  alertmanagerWords,
  failureWords,
  isNumber,
  pagerDutyWords,
  proposalWords,
  severityColumns,
  severityRows,
  severityWords,
} from '../overnight/words.ts';
import { chosen, defineReportSection, type SectionContext } from '../section.ts';

export default defineReportSection({
  name: 'overnight',
  summary: 'Alerts since the last report: incidents by severity, pages, what Alertmanager fires, checks that failed',
  options: z.strictObject({
    title: z.string().max(80).default('Overnight').describe('its few words; `{ok}` becomes ✅, ⚠️, ❌ or ⚪'),
    severities: z
      .array(identifier)
      .max(10)
      .default([])
      .describe('severities that are named also when there was none: `[p1, p2]`'),
    show: z
      .enum(['look', 'always'])
      .default('look')
      .describe('`always`: says how many also when nothing is left to do'),
  }),
  async run(ctx, { title, severities, show }): Promise<SectionResult> {
    const { sources, from, now } = ctx;
    const db = sources.store.db();
    const between = { from, to: now };
    const [counts, proposals, failures, { checks }] = await Promise.all([
      severitiesBetween(db, { ...between, viewer: everybody }),
      countProposals(db, between),
      countFailures(db, between),
      ctx.health(),
    ]);
    const tools = toolsOf(checks, ctx);
    const incidents = severityWords(counts, severities);
    const failed = failureWords(failures, now);
    const left = counts.some(({ declared, resolved }) => declared > resolved);
    const ignored = proposals.some(({ waiting }) => waiting > 0);
    const attention = left || ignored ? 'look' : 'none';
    const more: ReportLine[] = [
      ...(failed === '' ? [] : [{ text: failed }]),
      ...proposals.map(
        (each): ReportLine => ({
          text: proposalWords(each),
          ...(each.waiting > 0 && { mark: 'warn', next: 'say at its message whether it is an incident' }),
        }),
      ),
      ...tools.lines,
    ];
    return {
      title: markedTitle(title, outcomeOf({ attention, unknown: tools.unknown })),
      attention,
      lines: [{ text: incidents || 'no incidents' }, ...more],
      ...(show === 'always' && { always: true as const }),
      brief: [incidents || (tools.pages === 0 && noPages(counts) ? 'no pages' : 'no incidents'), failed]
        .filter(Boolean)
        .join(', '),
      ...(tools.unknown.length > 0 && { unknown: tools.unknown }),
      tables: [
        ...(counts.length > 0
          ? [{ title: 'Incidents by severity', columns: severityColumns, rows: severityRows(counts) }]
          : []),
        ...(more.length > 0 ? [{ title: 'Alerts', columns: ['What'], rows: more.map(({ text }) => [text]) }] : []),
      ],
      values: {
        failed: failures.failed,
        recovered: failures.recovered,
        declared: counts.reduce((sum, { declared }) => sum + declared, 0),
      },
    };
  },
});

/** What checks of other tools say of alerts; `pages`: how many PagerDuty counts, undefined = nobody asks it. */
function toolsOf(checks: readonly CheckReport[], { sources }: SectionContext) {
  const lines: ReportLine[] = [];
  const unknown: string[] = [];
  let pages: number | undefined;
  for (const report of chosen({ checks: [...checks] }, { types: ['pagerduty-incidents', 'alertmanager'] })) {
    const { id, type, outcome, reason, facts, next } = report;
    const sinceMs = sinceOf(sources.ops.checks.find((check) => check.id === id)?.target);
    const isPagerDuty = type === 'pagerduty-incidents';
    const isMeasured = outcome !== 'unknown' && outcome !== 'stale' && (isPagerDuty || facts.reachable === true);
    if (!isMeasured) unknown.push(`${id}: ${reason}${next === undefined ? '' : ` → ${next}`}`);
    else if (isPagerDuty) {
      lines.push({ text: pagerDutyWords(report, sinceMs) });
      if (isNumber(facts.notifications)) pages = (pages ?? 0) + facts.notifications;
    } else lines.push({ text: alertmanagerWords(report, sinceMs) });
  }
  return { lines, unknown, pages };
}

/** How far back a check looks, ms: its parameter `since`. */
function sinceOf(target: unknown): number | undefined {
  const since = typeof target === 'object' && target !== null ? Reflect.get(target, 'since') : undefined;
  return isNumber(since) ? since : undefined;
}

function noPages(counts: readonly { pages: number }[]): boolean {
  return counts.every(({ pages }) => pages === 0);
}
