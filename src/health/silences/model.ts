import type { Actor, Role } from '../../kernel/command.ts';
import type { Tx } from '../../store/store.ts';
import type { ActiveWindow } from '../maintenance.ts';

/** What a silence is over. */
export interface SilenceTarget {
  kind: 'group' | 'check';
  id: string;
}

/** Somebody's word that nobody need be told about checks for a while. */
export interface Silence {
  /** Short and opaque: people type it, buttons carry it. */
  id: string;
  /** `mute`: a button at a check; `maintenance`: announced work. */
  kind: 'mute' | 'maintenance';
  target: SilenceTarget;
  /** `mute`: measured, nobody is told; `skip`: not measured. */
  mode: 'mute' | 'skip';
  from: Date;
  until: Date;
  /** One line of plain text. */
  reason?: string;
  by: Actor;
  ended?: { at: Date; by: string };
}

/** A silence over these checks began or ended. */
export interface SilenceChange {
  checkIds: string[];
  kind: 'begun' | 'ended';
  /** Of what began, or goes on. */
  until?: Date;
  /** Plain text: `@anna`, or the name of a window. */
  by?: string;
  /** The id of a mute: a button may end it. */
  mute?: string;
}

/** Called within the transaction that begins or ends a silence; what it throws rolls all of it back. */
export type OnSilence = (tx: Tx, change: SilenceChange) => Promise<void>;

/** A silence as a window that is open; undefined when it is over. It is on once it is written, whatever a clock says. */
export function asWindow(silence: Silence, now: Date): ActiveWindow | undefined {
  const { id, target, mode, from, until, ended } = silence;
  if (ended || until <= now) return undefined;
  const match = target.kind === 'group' ? { group: target.id } : { check: target.id };
  return { window: { id, match, mode }, from, until, silence };
}

/** Who or what keeps quiet, as plain text: `@anna`, or the name of a window. */
export function sayWho({ window, silence }: ActiveWindow): string {
  return silence ? `@${silence.by.name}` : window.id;
}

/** Who may end it: what a responder can mute, a responder can unmute. */
export function roleToEnd({ kind }: Silence): Role {
  return kind === 'mute' ? 'responder' : 'operator';
}
