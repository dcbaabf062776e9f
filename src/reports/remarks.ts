import type { ConfigProblem, Ops } from '../config/model.ts';
import { wronglyScheduled } from '../config/scheduled.ts';
import { whereOf } from './make.ts';
import type { ReportFile } from './read.ts';
import { isScheduled } from './schedule.ts';

/** Names of `reports.scheduled` that there is no file for, or whose file has no times. Pure. */
export function unknownReports(
  files: ReadonlyMap<string, ReportFile>,
  { reports: { scheduled = [] }, file }: Pick<Ops, 'reports' | 'file'>,
): ConfigProblem[] {
  const times = new Map([...files].map(([name, { schedule }]) => [name, schedule.length]));
  return wronglyScheduled({ file, path: 'reports.scheduled', names: scheduled }, times);
}

/** What a person who checks the configuration should mend at the reports that are made by themselves, a line each. Pure. */
export function reportRemarks(
  files: ReadonlyMap<string, ReportFile>,
  ops: Pick<Ops, 'reports' | 'slack' | 'contacts'>,
): string[] {
  return [...files.values()].flatMap((file) => {
    const remark = (text: string) => `remark: report ${file.name}: ${text}`;
    if (!isScheduled(file, ops.reports.scheduled)) {
      const idle = file.own && file.schedule.length > 0;
      return idle
        ? [remark('it has a schedule, and reports.scheduled does not name it: it is made when asked for')]
        : [];
    }
    const people = new Set([...(file.owner === undefined ? [] : [file.owner]), ...file.audience]);
    return [
      ...(whereOf(file, ops.slack).channel === undefined
        ? [remark('it has no channel: set `slack.daily`, or `channel` in its file; until then it is not posted')]
        : []),
      ...[...people].flatMap((name) => unknownPerson(name, ops.contacts) ?? []).map(remark),
    ];
  });
}

/** Slack knows handles and ids for sure; a name without `@` only when somebody there calls themselves so. */
function unknownPerson(name: string, contacts: Ops['contacts']): string | undefined {
  if (/^(@|[USW][A-Z0-9]{2,}$)/.test(name)) return undefined;
  const contact = contacts.get(name);
  if (contact === undefined) return `"${name}" is no "@name" and no id: who is not called so in Slack is not mentioned`;
  const instead = contact.slack === undefined ? 'write "@name" or an id' : `write "${contact.slack}"`;
  return `"${name}" is a contact, which reports do not look up: ${instead}`;
}
