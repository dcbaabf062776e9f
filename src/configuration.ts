import { dirname } from 'node:path';
import { compileCondition } from './conditions/compile.ts';
import { loadOps } from './config/load.ts';
import type { Ops } from './config/model.ts';
import { ConfigError } from './config/problems.ts';
import { runbooksOf } from './config/report.ts';
import { checkTypes, severityFolders } from './registry.ts';
import { loadSeverities } from './severities/load.ts';
import type { Severities } from './severities/model.ts';
import { missingWays, unknownContacts } from './severities/reach.ts';

/** ops.yml and the severities that hold beside it. */
export interface Configuration {
  ops: Ops;
  severities: Severities;
}

/**
 * Reads ops.yml and the severities: those of `templates/incidents` beside it, else the shipped ones. Throws `ConfigError` with
 * every problem of all files. `variables`: where secrets are looked up.
 */
export async function loadConfiguration(file: string, variables: NodeJS.ProcessEnv): Promise<Configuration> {
  const types = await checkTypes();
  const [ops, severities] = await Promise.allSettled([
    loadOps(file, { checkTypes: types, compile: compileCondition, env: variables }),
    loadSeverities(severityFolders(dirname(file))),
  ]);
  if (ops.status === 'fulfilled' && severities.status === 'fulfilled') {
    const unknown = unknownContacts(severities.value, ops.value.contacts);
    if (unknown.length > 0) throw new ConfigError(unknown);
    return { ops: ops.value, severities: severities.value };
  }
  throw allProblems([ops, severities].flatMap((read) => (read.status === 'rejected' ? [read.reason] : [])));
}

function allProblems(reasons: readonly unknown[]): unknown {
  const other = reasons.find((reason) => !(reason instanceof ConfigError));
  if (other !== undefined) return other;
  return new ConfigError(reasons.flatMap((reason) => (reason instanceof ConfigError ? reason.problems : [])));
}

/** Every runbook that a check or a severity names: URLs, or names of files. */
export function runbooksIn({ ops, severities }: Configuration): string[] {
  return [...new Set([...runbooksOf(ops), ...severities.all.flatMap(({ runbooks }) => runbooks)])];
}

/** What severities name and nothing is set up for, a line each; `variables` are the bot's. */
export function waysMissing({ ops, severities }: Configuration, variables: NodeJS.ProcessEnv): string[] {
  const set = (name: string) => Boolean(variables[name] ?? variables[`${name}_FILE`]);
  const ways = { smtp: set('SMTP_URL'), telephone: set('TWILIO_ACCOUNT_SID') };
  return missingWays(severities, { contacts: ops.contacts, ...ways });
}
