import type { ExitCode } from '../kernel/command.ts';

/** Worst first; the order of every list. `unknown`: it could not be looked at, so nothing is claimed about it. */
export const states = ['problem', 'unknown', 'warn', 'ok'] as const;
export type State = (typeof states)[number];

/** What a part was found to be like: one line of plain text, and what to do about it. */
export interface Found {
  state: State;
  message: string;
  fix?: string;
}

export interface Finding extends Found {
  /** The part it is about: `slack`, `database`. */
  part: string;
}

/** One part of Rounds, or of what it stands on, that can be looked at. */
export interface Part {
  name: string;
  /** Stops at the abort. What it throws makes the part unknown, in the error's words. */
  look(signal: AbortSignal): Promise<Found[]>;
}

export interface Doctor {
  /** Looks at every part, at the same time; worst first. Never rejects: what could not be looked at is a finding too. */
  examine(signal: AbortSignal): Promise<Finding[]>;
}

export function ok(message: string): Found {
  return { state: 'ok', message };
}

export function warn(message: string, fix?: string): Found {
  return { state: 'warn', message, ...(fix !== undefined && { fix }) };
}

export function problem(message: string, fix?: string): Found {
  return { state: 'problem', message, ...(fix !== undefined && { fix }) };
}

export function unknown(message: string, fix?: string): Found {
  return { state: 'unknown', message, ...(fix !== undefined && { fix }) };
}

export type Counts = Record<State, number>;

export function countStates(findings: readonly Found[]): Counts {
  const counts: Counts = { problem: 0, unknown: 0, warn: 0, ok: 0 };
  for (const { state } of findings) counts[state] += 1;
  return counts;
}

/** The worst state; nothing looked at is unknown, never ok. */
export function verdictOf(findings: readonly Found[]): State {
  return states.find((state) => findings.some((finding) => finding.state === state)) ?? 'unknown';
}

/** 0 all fine, 1 warnings, 2 problems, 3 something could not be looked at and nothing is known to be wrong. */
export function exitCodeOf(findings: readonly Found[]): ExitCode {
  return { ok: 0, warn: 1, problem: 2, unknown: 3 }[verdictOf(findings)] as ExitCode;
}
