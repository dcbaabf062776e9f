import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CompileCondition } from '../conditions/model.ts';
import type { CheckType } from '../kernel/check.ts';
import { findBrokenAccounts } from './accounts.ts';
import { type CheckEntry, readChecks } from './checks.ts';
import { byLine, readDocument } from './document.ts';
import { parseLeniently } from './lenient.ts';
import { findBrokenBackups, findBrokenLinks, findDuplicates, findUnknownAccounts, windowLinks } from './links.ts';
import { findMaskedIds } from './masked-ids.ts';
import { isMap } from './mistake.ts';
import type { Check, Group, Ops } from './model.ts';
import { ConfigError } from './problems.ts';
import { type Sections, sections } from './schema/sections.ts';
import { ticketOf } from './schema/ticket.ts';
import { findStrayScripts } from './scripts.ts';
import { errorCode, isSet, secretsIn } from './secrets.ts';

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
  const document = readDocument(text, file, 'a map with a section `checks`');
  const raw = document.value;
  const read = parseLeniently(sections, raw, []);
  const section = read.value ?? sections.parse({});
  const groups = groupsOf(section);
  const types = new Map(options.checkTypes.map((type) => [type.type, type]));
  const checks = readChecks(raw.checks, {
    types,
    compile: options.compile,
    defaults: section.defaults,
    groups,
  });
  const windows = windowLinks(raw.maintenance);
  const mistakes = [
    ...read.mistakes,
    ...checks.mistakes,
    ...findDuplicates(checks.value),
    ...findDuplicates(windows),
    ...findMaskedIds(raw),
    ...findStrayScripts(checks.value, dirname(resolve(file)), section.scripts.allow),
    ...findBrokenBackups(section.contacts),
    ...findBrokenAccounts(section.aws.accounts),
    ...findUnknownAccounts(checks.value, Object.keys(section.aws.accounts)),
    ...findBrokenLinks(checks.value, windows, groupIds(raw, groups)),
  ];
  const problems = [...document.syntax, ...mistakes.map(document.problemOf)];
  if (problems.length > 0) throw new ConfigError(byLine(problems));
  return assemble(file, section, groups, checks.value, options.env);
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
    contacts: new Map(Object.entries(section.contacts).map(([name, contact]) => [name, { name, ...contact }])),
    groups,
    checks,
    maintenance: section.maintenance.map(({ for: forMs, zone, ...window }) => ({
      ...window,
      zone: zone ?? team.zone,
      forMs,
    })),
    heartbeat: section.heartbeat,
    timeline: section.timeline,
    reports: section.reports,
    documents: section.documents.map(({ every, ...document }) => ({ ...document, everyMs: every })),
    ...(section.ticket && { ticket: ticketOf(section.ticket) }),
    ...(section.bridge && { bridge: section.bridge }),
    breach: { assessWithinMs: section.breach.assess_within, contact: markOf(section.breach.contact) },
    checklists: {
      channel: section.checklists.channel ?? section.slack.daily ?? section.slack.alerts,
      scheduled: section.checklists.scheduled,
    },
    aws: awsOf(section.aws),
    scriptDirs: section.scripts.allow.map((folder) => resolve(dir, folder)),
    limits: {
      concurrent: limits.concurrent,
      perLane: limits.per_lane,
      sweepDeadlineMs: limits.sweep_deadline,
    },
    missingSecrets: secretsIn([checks.map(({ target }) => target), section.heartbeat, section.ticket]).filter(
      (name) => !isSet(name, env),
    ),
  };
}

function awsOf({ region, accounts }: Sections['aws']): Ops['aws'] {
  const entries = Object.entries(accounts).map(([name, { role, external_id: externalId, region: own }]) => {
    return [name, { name, role, externalId, region: own }] as const;
  });
  return { region, accounts: new Map(entries) };
}

/** How a message mentions a member or a user group by its id. */
function markOf(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  return id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`;
}
