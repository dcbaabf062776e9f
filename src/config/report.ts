import { type LoadOptions, loadOps } from './load.ts';
import type { Ops } from './model.ts';
import { ConfigError, formatProblems } from './problems.ts';
import { secretsIn } from './secrets.ts';

/** What a person wants to know of a config file: that it is good and what it holds, or everything that is wrong. */
export async function checkConfig(file: string, options: LoadOptions): Promise<{ ok: boolean; lines: string[] }> {
  try {
    return { ok: true, lines: describe(file, await loadOps(file, options)) };
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
  lines.push(`${count(ops.missingSecrets.length, 'secret')} without a value; checks that need one will be unknown:`);
  for (const name of ops.missingSecrets) {
    const checks = ops.checks.filter(({ target }) => secretsIn(target).includes(name)).map(({ id }) => id);
    lines.push(`  ${name} (or ${name}_FILE): ${checks.join(', ')}`);
  }
  return lines;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
