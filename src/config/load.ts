import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CompileCondition } from '../conditions/model.ts';
import type { CheckType } from '../kernel/check.ts';
import { type CheckEntry, readChecks } from './checks.ts';
import { parseLeniently } from './lenient.ts';
import { findBrokenLinks, findDuplicates, windowLinks } from './links.ts';
import { findMaskedIds } from './masked-ids.ts';
import { dotted, isMap, type Mistake } from './mistake.ts';
import type { Check, ConfigProblem, Group, Ops } from './model.ts';
import { ConfigError } from './problems.ts';
import { shown } from './redact.ts';
import { type Sections, sections } from './schema/sections.ts';
import { findStrayScripts } from './scripts.ts';
import { errorCode, isSet, secretsIn } from './secrets.ts';
import { readYaml, type YamlSource } from './yaml.ts';

export interface LoadOptions {
  checkTypes: readonly CheckType[];
  compile: CompileCondition;
  /** Where secrets are looked up, for `missingSecrets`. */
  env: NodeJS.ProcessEnv;
}

/** Loads ops.yml. Throws `ConfigError` with every problem of the file. */
export async function loadOps(file: string, options: LoadOptions): Promise<Ops> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const found = `the file can't be read (${errorCode(error)})`;
    throw new ConfigError([{ file, path: '', found, allowed: 'a YAML file; OPS_CONFIG says which' }]);
  }
  return parseOps(text, file, options);
}

/** As `loadOps`, from a text; `file` is used in messages and for relative paths. */
export function parseOps(text: string, file: string, options: LoadOptions): Ops {
  const source = readYaml(text);
  const syntax = source.mistakes.map((mistake): ConfigProblem => ({ file, path: '', ...mistake }));
  if (source.broken) throw new ConfigError(syntax);
  if (!isMap(source.value)) {
    const found = source.value === null ? 'an empty file' : shown(source.value);
    throw new ConfigError([...syntax, { file, path: '', line: 1, found, allowed: 'a map with a section `checks`' }]);
  }
  const read = parseLeniently(sections, source.value, []);
  const section = read.value ?? sections.parse({});
  const groups = groupsOf(section);
  const types = new Map(options.checkTypes.map((type) => [type.type, type]));
  const checks = readChecks(source.value.checks, {
    types,
    compile: options.compile,
    defaults: section.defaults,
    groups,
  });
  const windows = windowLinks(source.value.maintenance);
  const mistakes = [
    ...read.mistakes,
    ...checks.mistakes,
    ...findDuplicates(checks.value),
    ...findDuplicates(windows),
    ...findMaskedIds(source.value),
    ...findStrayScripts(checks.value, dirname(resolve(file)), section.scripts.allow),
    ...findBrokenLinks(checks.value, windows, groupIds(source.value, groups)),
  ];
  const problems = [...syntax, ...mistakes.map((mistake) => toProblem(mistake, file, source))];
  if (problems.length > 0) throw new ConfigError(problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return assemble(file, section, groups, checks.value, options.env);
}

function toProblem({ path, ...mistake }: Mistake, file: string, source: YamlSource): ConfigProblem {
  return { file, path: dotted(path), line: source.lineOf(path), ...mistake };
}

function groupsOf(section: Sections): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [id, { owner, runbook, channel, slo }] of Object.entries(section.groups)) {
    groups.set(id, { id, owner, runbook, channel, sloPercent: slo });
  }
  // Where a check without a group goes.
  if (!groups.has('general')) groups.set('general', { id: 'general' });
  return groups;
}

/** Groups with mistakes of their own count as known: one mistake is reported once. */
function groupIds(raw: Record<string, unknown>, groups: ReadonlyMap<string, Group>): string[] {
  return [...new Set([...(isMap(raw.groups) ? Object.keys(raw.groups) : []), ...groups.keys()])];
}

function assemble(
  file: string,
  section: Sections,
  groups: Map<string, Group>,
  entries: readonly CheckEntry[],
  env: NodeJS.ProcessEnv,
): Ops {
  const path = resolve(file);
  const dir = dirname(path);
  const checks = entries.flatMap(({ check }): Check[] => (check === undefined ? [] : [check]));
  const { team, limits } = section;
  return {
    file: path,
    dir,
    team: { name: team.name, zone: team.zone, businessHours: team.business_hours, holidays: team.holidays },
    slack: section.slack,
    roles: section.roles,
    groups,
    checks,
    maintenance: section.maintenance.map(({ for: forMs, zone, ...window }) => ({
      ...window,
      zone: zone ?? team.zone,
      forMs,
    })),
    heartbeat: section.heartbeat,
    scriptDirs: section.scripts.allow.map((folder) => resolve(dir, folder)),
    limits: {
      concurrent: limits.concurrent,
      perLane: limits.per_lane,
      sweepDeadlineMs: limits.sweep_deadline,
    },
    missingSecrets: secretsIn([checks.map(({ target }) => target), section.heartbeat]).filter(
      (name) => !isSet(name, env),
    ),
  };
}
