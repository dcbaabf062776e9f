import type { Tx } from '../../store/store.ts';
import { kept } from '../given.ts';
import { addOnce, openIncidents } from './rows.ts';

/** A check as the configuration says it. */
export interface WatchedCheck {
  id: string;
  group: string;
  dependsOn: readonly string[];
}

/** A check has changed, as people are told of it. */
export interface CheckEvent {
  checkId: string;
  group: string;
  /** `standing` is nothing new. */
  event: string;
  at: Date;
  before: string | null;
  report: { outcome: string; reason: string };
}

/**
 * Whether a change of a check belongs to an incident: it is the one it was declared from, one of its group, one that depends
 * on it or that it depends on; or the affected systems name the check or its group. Pure.
 */
export function concerns(
  incident: { systems: string; check: string | undefined },
  { checkId, group }: Pick<CheckEvent, 'checkId' | 'group'>,
  checks: readonly WatchedCheck[],
): 'origin' | 'related' | 'named' | undefined {
  const { systems, check } = incident;
  if (check === checkId) return 'origin';
  const from = checks.find(({ id }) => id === check);
  const changed = checks.find(({ id }) => id === checkId);
  if (from && (from.group === group || from.dependsOn.includes(checkId))) return 'related';
  if (check !== undefined && changed?.dependsOn.includes(check)) return 'related';
  const named = systems.toLowerCase().split(/[\s,;/]+/);
  return [checkId, group].some((name) => named.includes(name.toLowerCase())) ? 'named' : undefined;
}

/** Writes changes of checks into the open incidents that they belong to, in the transaction that records them. */
export async function takeChecks(
  tx: Tx,
  events: readonly CheckEvent[],
  checks: readonly WatchedCheck[],
): Promise<void> {
  const changes = events.filter(({ event }) => event !== 'standing');
  if (changes.length === 0) return;
  for (const incident of await openIncidents(tx)) {
    for (const change of changes) {
      if (concerns(incident, change, checks) === undefined) continue;
      const { checkId, group, at, before, report } = change;
      const words = kept(`${checkId} ${wordsOf(report)}`, 500);
      const data = { check: checkId, group, from: before, to: report.outcome };
      const key = `check:${checkId}:${at.getTime()}:${report.outcome}`;
      await addOnce(tx, incident.id, { at, kind: 'check', by: 'rounds', words, data, key });
    }
  }
}

function wordsOf({ outcome, reason }: CheckEvent['report']): string {
  return `${outcome.toUpperCase()}${reason && outcome !== 'ok' ? `: ${reason}` : ''}`;
}
