import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ops } from './model.ts';
import { ConfigError, formatProblems } from './problems.ts';
import { secretsIn } from './secrets.ts';

interface Loaded {
  ops: Ops;
  /** What was read beside it, and remarks on it: a line each. */
  beside: readonly string[];
  /** One line for each runbook that is named and isn't there. */
  missingRunbooks: readonly string[];
}

/** What a person wants to know of a config file: that it is good and what it holds, or everything that is wrong. */
export async function checkConfig(
  file: string,
  load: () => Promise<Loaded>,
): Promise<{ ok: boolean; lines: string[] }> {
  try {
    const { ops, beside, missingRunbooks: books } = await load();
    return { ok: true, lines: [...describe(file, ops), ...beside, ...powerByHandle(ops).map(remarkOf), ...books] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const files = new Set(error.problems.map((problem) => problem.file));
    const where = files.size === 1 ? [...files].join() : count(files.size, 'file');
    const head = `${where}: ${count(error.problems.length, 'problem')}`;
    return { ok: false, lines: [head, ...formatProblems(error.problems).split('\n')] };
  }
}

function describe(file: string, ops: Ops): string[] {
  const used = new Set(ops.checks.map(({ group }) => group));
  const roles = Object.values(ops.roles).filter((members) => members.length > 0).length;
  const parts = [
    count(ops.checks.length, 'check'),
    count(used.size, 'group'),
    count(roles, 'role'),
    count(ops.maintenance.length, 'maintenance window'),
  ];
  const lines = [`${file}: good — ${parts.join(', ')}`];
  if (ops.missingSecrets.length === 0) return lines;
  lines.push(`${count(ops.missingSecrets.length, 'secret')} without a value; what needs one will be unknown:`);
  for (const name of ops.missingSecrets) {
    const checks = ops.checks.filter(({ target }) => secretsIn(target).includes(name)).map(({ id }) => id);
    const needing = [...checks, ...(secretsIn(ops.heartbeat).includes(name) ? ['heartbeat'] : [])];
    lines.push(`  ${name} (or ${name}_FILE): ${needing.join(', ')}`);
  }
  return lines;
}

/** Groups that a role of consequence names by a handle: it can come to mean another group, an id can't. */
export function powerByHandle({ roles }: Pick<Ops, 'roles'>): { role: string; handles: string[] }[] {
  const found = (['approver', 'admin'] as const).map((role) => {
    return { role, handles: (roles[role] ?? []).filter((entry) => entry.startsWith('@')) };
  });
  return found.filter(({ handles }) => handles.length > 0);
}

function remarkOf({ role, handles }: { role: string; handles: string[] }): string {
  return `remark: roles.${role} names ${handles.join(', ')} by handle, which another group can take over; better its id (S…)`;
}

/** The runbooks that checks name: URLs, or names of files. */
export function runbooksOf(ops: Ops): string[] {
  return [...new Set(ops.checks.flatMap(({ runbook }) => runbook ?? []))];
}

/** A line for each that isn't in any of the folders: that would be found out in the worst hour. */
export function missingRunbooks(names: readonly string[], folders: readonly string[]): string[] {
  const isMissing = (name: string) => !folders.some((folder) => existsSync(join(folder, `${name}.md`)));
  return names
    .filter((name) => !/^https?:/.test(name) && isMissing(name))
    .map((name) => `runbook ${name} is not written yet: ${join(folders[0] ?? '', `${name}.md`)}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
