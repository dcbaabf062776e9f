import { z } from 'zod';
import { formatDuration, parseDuration } from '../../kernel/duration.ts';
import { secretRef } from '../../kernel/secret.ts';
import { problemOfCrontab } from './crontab.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A duration in ms, inclusive bounds. */
function span(minMs: number, maxMs: number) {
  const range = `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as 30m or 24h`;
  return z
    .string()
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((ms) => ms >= minMs && ms <= maxMs, range)
    .meta({ title: 'duration such as 24h' });
}

function isZone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const heartbeatParams = z
  .strictObject({
    token: secretRef.describe('the job sends it as `Authorization: Bearer …`; make one with `openssl rand -hex 24`'),
    every: span(minuteMs, 400 * dayMs)
      .optional()
      .describe('the longest time from one success to the next; give this or `cron`'),
    cron: z
      .string()
      .superRefine((cron, context) => {
        const message = problemOfCrontab(cron);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional()
      .describe('when the job runs, as in its crontab: of day of month and day of week, either will do'),
    zone: z
      .string()
      .refine(isZone, 'an IANA time zone such as Europe/Berlin')
      .default('UTC')
      .describe('IANA time zone of `cron`, and of the times that are shown'),
    grace: span(minuteMs, 30 * dayMs).describe(
      'how late a success may be; a job that does not report its start needs its run time in it',
    ),
    max_run: span(minuteMs, 30 * dayMs)
      .optional()
      .describe('how long a run may take from `/start` to its end; for jobs that report their start'),
    message: z
      .boolean()
      .default(false)
      .describe('true = show what the job said of its failure, masked, to all who see the check: no data of people'),
  })
  .refine(({ every, cron }) => (every === undefined) !== (cron === undefined), 'either `every` or `cron`');

export type HeartbeatTarget = z.output<typeof heartbeatParams>;
