import { z } from 'zod';
import { duration, oneOrMany, owner, timeZone } from '../config/schema/scalars.ts';
import { scheduleEntry } from '../config/schema/schedule.ts';
import { channel } from '../config/schema/team.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A file `templates/reports/<name>.yml`; its `sections` are read one by one, since each has options of its own. */
export const reportFile = z.strictObject({
  title: z.string().trim().min(1).max(80).describe('what heads it: `Morning report`'),
  schedule: oneOrMany(scheduleEntry)
    .default([])
    .describe(
      'when it is made by itself: `"09:00"`, `Mon-Fri 08:30`, `first Mon 14:00`, `{at, zone, holidays}`; default: when asked for',
    )
    .meta({ title: 'days and time, a map of `at`, `zone`, `holidays`, or a list of such' }),
  zone: timeZone.optional().describe("of its days and times; default: the team's"),
  channel: channel.optional().describe('where it goes; default: `slack.daily`, else `slack.alerts`'),
  fallback: channel
    .optional()
    .describe('where it goes, or is missed, when its channel cannot be used; default: `slack.alerts`'),
  owner: owner.optional().describe('who hears when it is not there in time: `"@platform"`'),
  audience: oneOrMany(owner)
    .default([])
    .describe('who is mentioned when somebody has to do something; nobody on a quiet day')
    .meta({ title: 'one, or a list' }),
  quiet: z
    .enum(['line', 'full', 'none'])
    .default('line')
    .describe('what a day with nothing to look at gets: one line, the whole report, or no message'),
  missed: z
    .enum(['latest', 'skip'])
    .default('latest')
    .describe('what becomes of times at which nothing ran: `latest`, marked as late, or none'),
  expected_within: duration(minute, day)
    .prefault('10m')
    .describe('after its time; when it is not posted by then, the fallback channel and the owner hear of it'),
  covers: duration(60 * minute, 400 * day)
    .optional()
    .describe('how far back it tells; default: to the report before it, the first time a day'),
  sections: z
    .unknown()
    .optional()
    .describe('what it says, in order: names, or `NAME: {options}`: required, at least one')
    .meta({ title: 'list of report-sections' }),
});
export type ReportFileKeys = z.output<typeof reportFile>;

/** What the reference tells of these files. */
export const describedReports = {
  name: 'report-files',
  path: 'templates/reports/NAME.yml',
  help: 'what is reported by itself, when and where',
  guide: 'reports',
  schema: reportFile,
};
