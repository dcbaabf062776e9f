import { type Clock, ranMs } from '../../kernel/clock.ts';
import type { LevelWay, Recipient } from '../../severities/model.ts';
import { type Incident, whyNotPaged } from '../model.ts';

/** A level of an escalation as it was planned. */
export interface Level {
  plan: number;
  /** From 1. */
  level: number;
  /** How many there are. */
  levels: number;
  way: LevelWay;
  to: Recipient[];
  dueAt: Date;
  fired: boolean;
}

/** Later than this a level, or a page, is called late. */
export const lateAfterMs = 60_000;

/** Whether a level that is due still applies. `replanned`: there are other levels now. Pure. */
export function levelDue(
  incident: Incident,
  level: Level | undefined,
): 'fire' | 'over' | 'acknowledged' | 'fired' | 'replanned' {
  if (incident.resolved) return 'over';
  if (incident.acknowledged) return 'acknowledged';
  if (!level) return 'replanned';
  return level.fired ? 'fired' : 'fire';
}

/** Whether page `n`, which was not confirmed, is still to be made good by other ways. Pure. */
export function fallbackDue(incident: Incident, n: number): 'go' | 'over' | 'acknowledged' | 'old_page' | 'confirmed' {
  if (incident.resolved) return 'over';
  if (incident.acknowledged) return 'acknowledged';
  if (n <= incident.oldPages) return 'old_page';
  return incident.notPaged === undefined && whyNotPaged(incident) === undefined ? 'confirmed' : 'go';
}

/** Whether something was done late, by real time. Pure. */
export function isLate(dueAt: Date, now: Date, clock: Clock): boolean {
  return ranMs(clock, dueAt, now) > lateAfterMs;
}
