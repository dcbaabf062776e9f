import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadOptions, loadOps } from './load.ts';
import type { Ops } from './model.ts';
import { ConfigError, formatProblems } from './problems.ts';
import { secretsIn } from './secrets.ts';

interface ReportOptions extends LoadOptions {
  /** Where runbooks are looked for, given the config file's folder. */
  runbookFolders: (opsDir: string) => string[];
}

/** What a person wants to know of a config file: that it is good and what it holds, or everything that is wrong. */
export async function checkConfig(file: string, options: ReportOptions): Promise<{ ok: boolean; lines: string[] }> {
  try {
    const ops = await loadOps(file, options);
    const books = missingRunbooks(ops, options.runbookFolders(ops.dir));
    return { ok: true, lines: [...describe(file, ops), ...powerByHandle(ops).map(remarkOf), ...books] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const head = `${file}: ${count(error.problems.length, 'problem')}`;
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

/** A runbook that isn't there would be found out in the worst hour. */
export function missingRunbooks(ops: Ops, folders: string[]): string[] {
  const isMissing = (name: string) => !folders.some((folder) => existsSync(join(folder, `${name}.md`)));
  const names = [...new Set(ops.checks.flatMap(({ runbook }) => runbook ?? []))];
  return names
    .filter((name) => !/^https?:/.test(name) && isMissing(name))
    .map((name) => `runbook ${name} is not written yet: ${join(folders[0] ?? '', `${name}.md`)}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
