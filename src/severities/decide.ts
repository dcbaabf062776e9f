import { endOfNextBusinessDay, isBusinessHours, type TeamHours } from './business-hours.ts';
import type { LevelWay, Recipient, Severity, Stakeholder, Way } from './model.ts';

/** How people are told of an incident of this severity that is declared now. */
export function wayToTell(severity: Severity, at: Date, team: TeamHours): { kind: Way } {
  return { kind: isBusinessHours(at, team) ? severity.page.hours : severity.page.offHours };
}

/** One step of the escalation, due unless somebody acknowledged before. */
export interface EscalationStep {
  /** From 1. */
  level: number;
  at: Date;
  way: LevelWay;
  to: Recipient[];
}

/** Who escalates; only with `rounds` there is something for Rounds to do. */
export type EscalationPlan = { by: 'pagerduty' } | { by: 'nobody' } | { by: 'rounds'; steps: EscalationStep[] };

/** The steps while nobody acknowledges, in their order, from the moment at which people were told first. */
export function escalationPlan({ escalation }: Severity, toldAt: Date): EscalationPlan {
  if (escalation.by !== 'rounds') return escalation;
  const steps = escalation.levels.map(({ afterMs, way, to }, index) => {
    return { level: index + 1, at: later(toldAt, afterMs), way, to };
  });
  return { by: 'rounds', steps };
}

/** Something that is due. `key` tells it from the others of one incident, and stays when clocks are planned anew. */
export type DueTime =
  | { key: string; name: 'response' | 'commander' | 'first_update' | 'report' | 'postmortem' | 'archive'; at: Date }
  | { key: string; name: 'stakeholder'; at: Date; stakeholder: Stakeholder };

/**
 * What is due while the incident runs, earliest first: somebody at work on it, a commander, the first update, and those who
 * must be told. `phi`: whether PHI may be involved; "not sure" is true.
 */
export function clocksOf(
  severity: Severity,
  declaredAt: Date,
  { phi, team }: { phi: boolean; team: TeamHours },
): DueTime[] {
  const { response, roles, updates, stakeholders } = severity;
  const responseAt =
    response.kind === 'within' ? later(declaredAt, response.ms) : endOfNextBusinessDay(declaredAt, team);
  const clocks: DueTime[] = [
    { key: 'response', name: 'response', at: responseAt },
    ...due('first_update', declaredAt, updates?.everyMs),
    ...due('commander', declaredAt, roles.needed.includes('commander') ? roles.nudgeAfterMs : undefined),
    ...stakeholders
      .filter(({ onlyIf }) => onlyIf === undefined || phi)
      .map((stakeholder): DueTime => {
        const key = `stakeholder:${stakeholder.who.toLowerCase()}`;
        return { key, name: 'stakeholder', at: later(declaredAt, stakeholder.withinMs), stakeholder };
      }),
  ];
  return earliestFirst(clocks);
}

/** What is due once it is resolved, earliest first: the report, the post-mortem, the archiving of its channel. */
export function clocksAfter(severity: Severity, resolvedAt: Date): DueTime[] {
  return earliestFirst([
    ...due('report', resolvedAt, severity.reportWithinMs),
    ...due('postmortem', resolvedAt, severity.postmortemWithinMs),
    ...due('archive', resolvedAt, severity.archiveAfterMs),
  ]);
}

function due(name: Exclude<DueTime['name'], 'stakeholder'>, from: Date, ms: number | undefined): DueTime[] {
  return ms === undefined ? [] : [{ key: name, name, at: later(from, ms) }];
}

function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

function earliestFirst(clocks: readonly DueTime[]): DueTime[] {
  return clocks.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
