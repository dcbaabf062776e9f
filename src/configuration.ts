import { dirname, join } from 'node:path';
import { openChecklistFiles } from './checklist-files.ts';
import type { Filed } from './checklists/ports.ts';
import { checklistLines, unknownScheduled } from './checklists/remarks.ts';
import { compileCondition } from './conditions/compile.ts';
import { loadOps } from './config/load.ts';
import type { ConfigProblem, Ops } from './config/model.ts';
import { ConfigError, formatProblems } from './config/problems.ts';
import { runbooksOf } from './config/report.ts';
import { listWithGuess } from './config/suggest.ts';
import { OpsError } from './kernel/errors.ts';
import { type LiveFolder, openFolder } from './live/folder.ts';
import { loadMessages, type Messages } from './messages/messages.ts';
import { type MessageKind, namesOf, problemOf } from './messages/sample.ts';
import { checkTypes, messageFolders, reportFolders, reportSections, severityFolders } from './registry.ts';
import { type ReportFile, reportReader } from './reports/read.ts';
import { reportRemarks, unknownReports } from './reports/remarks.ts';
import { loadSeverities } from './severities/load.ts';
import type { Severities } from './severities/model.ts';
import { missingWays, unknownContacts } from './severities/reach.ts';

/** ops.yml, and what holds beside it. */
export interface Configuration {
  ops: Ops;
  severities: Severities;
  messages: Messages;
  reports: LiveFolder<ReportFile>;
  /** What is changed in them holds without a restart. */
  checklists: LiveFolder<Filed>;
}

/**
 * Reads ops.yml and the severities: those of `templates/incidents` beside it, else the shipped ones; and the messages they
 * name, each tried with facts as an incident has them. Throws `ConfigError` with every problem of all files. `variables`: where secrets are looked up.
 */
export async function loadConfiguration(file: string, variables: NodeJS.ProcessEnv): Promise<Configuration> {
  const types = await checkTypes();
  const [ops, severities, messages, reports] = await Promise.allSettled([
    loadOps(file, { checkTypes: types, compile: compileCondition, env: variables }),
    loadSeverities(severityFolders(dirname(file))),
    readMessages(dirname(file)),
    reportSections().then((sections) => openFolder(reportFolders(dirname(file)), reportReader(sections))),
  ]);
  // Their conditions are over the facts of its checks; with mistakes in it theirs are told all the same.
  const beside = ops.status === 'fulfilled' ? ops.value : { dir: dirname(file), checks: [] };
  const [checklists] = await Promise.allSettled([openChecklistFiles(beside)]);
  const read = [ops, severities, messages, reports, checklists];
  const reasons: unknown[] = read.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (ops.status === 'fulfilled' && severities.status === 'fulfilled') {
    const unknown = unknownContacts(severities.value, ops.value.contacts);
    if (unknown.length > 0) reasons.push(new ConfigError(unknown));
  }
  if (ops.status === 'fulfilled' && checklists.status === 'fulfilled') {
    const unknown = unknownScheduled(ops.value.checklists.scheduled, checklists.value.all(), ops.value.file);
    if (unknown.length > 0) reasons.push(new ConfigError(unknown));
  }
  if (severities.status === 'fulfilled' && checklists.status === 'fulfilled') {
    const unknown = unknownChecklists(severities.value, [...checklists.value.all().keys()]);
    if (unknown.length > 0) reasons.push(new ConfigError(unknown));
  }
  if (ops.status === 'fulfilled' && reports.status === 'fulfilled') {
    const unknown = unknownReports(reports.value.all(), ops.value);
    if (unknown.length > 0) reasons.push(new ConfigError(unknown));
  }
  if (severities.status === 'fulfilled' && messages.status === 'fulfilled') {
    const wrong = wrongMessages(severities.value, messages.value);
    if (wrong.length > 0) reasons.push(new ConfigError(wrong));
    else if (
      ops.status === 'fulfilled' &&
      reports.status === 'fulfilled' &&
      checklists.status === 'fulfilled' &&
      reasons.length === 0
    )
      return {
        ...{ ops: ops.value, severities: severities.value, messages: messages.value },
        ...{ reports: reports.value, checklists: checklists.value },
      };
  }
  throw allProblems(reasons);
}

/** `file` alone, else that of OPS_CONFIG, else the ops.yml that lies here. Throws OpsError `invalid` with every problem. */
export async function readOps(variables: NodeJS.ProcessEnv, given?: string): Promise<Ops> {
  const file = given ?? (variables.OPS_CONFIG?.trim() || './ops.yml');
  try {
    return await loadOps(file, { checkTypes: await checkTypes(), compile: compileCondition, env: variables });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new OpsError('invalid', formatProblems(error.problems), { hint: '`rounds check-config` tells more' });
  }
}

async function readMessages(opsDir: string): Promise<Messages> {
  const folders = messageFolders(opsDir);
  try {
    return await loadMessages(folders);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const file = folders[0] ?? '';
    throw new ConfigError([{ file, path: '', found: error.message, allowed: 'a Liquid template' }]);
  }
}

/**
 * Its severities and those of another folder that fit beside them: no id, label or rank that is taken, no contact that ops.yml
 * doesn't name. Throws `ConfigError` with the mistakes of that folder.
 */
export async function withSeveritiesOf(folder: string, { ops, severities }: Configuration): Promise<Severities> {
  const { all } = await loadSeverities([folder]);
  const fitting = all.filter((more) => {
    const taken = severities.all.some(
      ({ id, label, rank }) => id === more.id || rank === more.rank || label.toLowerCase() === more.label.toLowerCase(),
    );
    return !taken && unknownContacts({ folder, all: [more] }, ops.contacts).length === 0;
  });
  return { ...severities, all: [...severities.all, ...fitting].toSorted((a, b) => a.rank - b.rank) };
}

/** What severities say of their messages that would be found out in the worst hour. */
function wrongMessages({ all, folder }: Severities, messages: Messages): ConfigProblem[] {
  return all.flatMap(({ id, messages: named }) =>
    (Object.keys(named) as MessageKind[]).flatMap((kind): ConfigProblem[] => {
      const name = named[kind];
      const problem = problemOf(messages, kind, name);
      if (problem === undefined) return [];
      const at = { file: join(folder, `${id}.yml`), path: `messages.${kind}` };
      if (problem === 'missing') {
        const allowed = `one of ${messages.names.join(', ')}; or write templates/messages/${name}.liquid beside ops.yml`;
        return [{ ...at, found: `"${name}", and there is no such file`, allowed }];
      }
      return [{ ...at, found: problem, allowed: `a template that names only ${namesOf(kind).join(', ')}` }];
    }),
  );
}

/** Checklists that severities offer and that there is no file for. */
function unknownChecklists({ all, folder }: Severities, known: readonly string[]): ConfigProblem[] {
  return all.flatMap(({ id, checklists }) =>
    checklists
      .filter((name) => !known.includes(name))
      .map((name) => ({
        ...{ file: join(folder, `${id}.yml`), path: 'checklists', found: `"${name}", and there is no such file` },
        allowed: `${listWithGuess(name, known)}; or write templates/checklists/${name}.yml beside ops.yml`,
      })),
  );
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

/** What is worth knowing of the reports and the checklists that come by themselves, a line each. */
export function plannedRemarks({ ops, reports, checklists }: Configuration): string[] {
  const { scheduled, channel } = ops.checklists;
  const ofReports = reportRemarks(reports.all(), ops);
  const ofChecklists = checklistLines(checklists.all(), {
    checks: ops.checks,
    contacts: ops.contacts,
    scheduled,
    channel,
  });
  return [...ofReports, ...ofChecklists];
}
