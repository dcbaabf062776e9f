import { zoneName, zoneTime } from '../../health/views/time.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Problem } from '../model.ts';

/** What a message needs beside its problems. */
export interface Surroundings {
  now: Date;
  /** The team's. */
  zone: string;
  /** Live mentions by owner; an owner that is not in it is named only. */
  mentions: ReadonlyMap<string, string>;
  /** How many checks depend on a check, near or far. */
  dependents(checkId: string): number;
}

/** "03:04 EST", with its date when that is not within half a day. */
export function moment(at: Date, { now, zone }: Pick<Surroundings, 'now' | 'zone'>): string {
  return `${zoneTime(at, now, zone)} ${zoneName(at, zone)}`;
}

/** "not ok for 14 min (03:04–03:18 EST)" of a problem that is over. */
export function pastWords(problem: Problem, around: Surroundings): string {
  const { beganAt, endedAt = around.now } = problem;
  const span = `${zoneTime(beganAt, around.now, around.zone)}–${moment(endedAt, around)}`;
  return `not ok for ${lasted(beganAt, endedAt)} (${span})`;
}

/** Whole minutes from the first minute on. */
export function lasted(from: Date, to: Date): string {
  const ms = Math.max(0, to.getTime() - from.getTime());
  return formatDuration(ms < 60_000 ? Math.round(ms / 1_000) * 1_000 : Math.round(ms / 60_000) * 60_000);
}

/** The owners' mentions, each once; whoever can't be mentioned is named. Empty without owners. */
export function ownersOf(owners: readonly (string | undefined)[], { mentions }: Surroundings): string {
  const known = [...new Set(owners)].filter((owner) => owner !== undefined);
  const words = known.slice(0, 8).map((owner) => mentions.get(owner) ?? escapeSlack(owner));
  return [...words, ...(known.length > 8 ? [`and ${known.length - 8} more`] : [])].join(' ');
}

/** At most `max` characters (code points). */
export function shortened(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
