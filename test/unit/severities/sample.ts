import type { ConfigProblem } from '../../../src/config/model.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import type { TeamHours } from '../../../src/severities/business-hours.ts';
import type { Severity } from '../../../src/severities/model.ts';
import { readSeverities } from '../../../src/severities/read.ts';

const required = ['label: P1 High', 'rank: 1', 'criteria: A part is down', 'response_time: 30m', 'page: page'];

/** A good file of five lines, those whose key is among `lines` replaced, the others appended from line 6 on. */
export function severityText(...lines: string[]): string {
  const keyOf = (line: string) => line.slice(0, line.indexOf(':'));
  const own = required.map((line) => lines.find((other) => keyOf(other) === keyOf(line)) ?? line);
  return [...own, ...lines.filter((line) => !own.includes(line))].join('\n');
}

/** One severity, of the file p1.yml. */
export function severityOf(...lines: string[]): Severity {
  return readAll({ p1: severityText(...lines) })[0]!;
}

/** Texts by id. */
export function readAll(texts: Record<string, string>): Severity[] {
  return readSeverities(Object.entries(texts).map(([id, text]) => ({ id, file: `${id}.yml`, text })));
}

export function problemsOf(texts: Record<string, string>): ConfigProblem[] {
  try {
    readAll(texts);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
  return [];
}

export function teamOf(over: Partial<TeamHours> = {}): TeamHours {
  return { zone: 'America/New_York', businessHours: 'Mon-Fri 08:00-18:00', holidays: [], ...over };
}
