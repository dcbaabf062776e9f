import type { Escalation, ResponseTime, Severity, Urgency } from './model.ts';
import type { SeverityFile } from './schema.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A response time up to this long is met by no way but a page, at any hour. */
const pagesUpToMs = hour;

/** The latest a response may begin, ms; infinite for the next business day, whose length depends on the calendar. */
export function longestMs(response: ResponseTime): number {
  return response.kind === 'within' ? response.ms : Number.POSITIVE_INFINITY;
}

/** Whether it must page at any hour: a response time of 60 min or less. */
export function mustPage(response: ResponseTime): boolean {
  return longestMs(response) <= pagesUpToMs;
}

/** A severity from what its file says; what it leaves out depends on its response time. */
export function assembleSeverity(id: string, file: SeverityFile): Severity {
  const urgent = mustPage(file.response_time);
  const page = typeof file.page === 'string' ? { hours: file.page, off_hours: file.page } : file.page;
  return {
    id,
    label: file.label,
    rank: file.rank,
    criteria: file.criteria,
    response: file.response_time,
    page: { hours: page.hours, offHours: page.off_hours },
    urgency: file.urgency ?? urgencyOf(file.response_time),
    escalation: escalationOf(file),
    roles: {
      needed: file.roles.needed ?? (urgent ? ['commander'] : []),
      nudgeAfterMs: file.roles.nudge_after,
    },
    updates: updatesOf(file.update_every, urgent),
    stakeholders: file.stakeholders.map(({ within, only_if, ...said }) => ({
      ...said,
      withinMs: within,
      ...(only_if !== undefined && { onlyIf: only_if }),
    })),
    runbooks: file.runbooks,
    checklists: file.checklists,
    messages: file.messages,
    reportWithinMs: deadlineOf(file.report_within, urgent, 24 * hour),
    postmortemWithinMs: deadlineOf(file.postmortem_within, urgent, 72 * hour),
    archiveAfterMs: deadlineOf(file.archive_after, false, 0),
  };
}

function urgencyOf(response: ResponseTime): Urgency {
  const ms = longestMs(response);
  if (ms <= 15 * minute) return 'critical';
  if (ms <= hour) return 'error';
  return ms <= 4 * hour ? 'warning' : 'info';
}

function escalationOf({ escalation, page }: SeverityFile): Escalation {
  const levels = escalation.levels.map(({ after, way, to }) => ({ afterMs: after, way, to }));
  if ((escalation.by ?? (levels.length > 0 ? 'rounds' : 'pagerduty')) === 'rounds') return { by: 'rounds', levels };
  return { by: everPages(page) ? 'pagerduty' : 'nobody' };
}

/** Whether there is an hour at which it pages. */
export function everPages(page: SeverityFile['page']): boolean {
  return typeof page === 'string' ? page === 'page' : page.hours === 'page' || page.off_hours === 'page';
}

function updatesOf(every: SeverityFile['update_every'], urgent: boolean): Severity['updates'] {
  const said = every ?? (urgent ? 30 * minute : 'off');
  if (said === 'off') return undefined;
  if (typeof said === 'number') return { everyMs: said, inRecoveryMs: said };
  return { everyMs: said.open, inRecoveryMs: said.recovery };
}

function deadlineOf(said: number | 'off' | undefined, urgent: boolean, usualMs: number): number | undefined {
  if (said === 'off') return undefined;
  return said ?? (urgent ? usualMs : undefined);
}
