import { z } from 'zod';
import { wallAt } from '../../kernel/wall-clock.ts';
import { account, duration, region } from '../aws/params.ts';
import { hasDateInFront } from './pattern.ts';

export const dayMs = 86_400_000;
/** Days that are looked at, a call for each. */
const mostDays = 62;

const zone = z.string().refine(isZone, 'an IANA time zone such as Europe/Berlin or UTC');
const daily = duration.refine((ms) => ms > 0 && ms % dayMs === 0, 'whole days such as 1d or 7d');
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 02:00')
  .transform((text) => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000);

export const s3ObjectsParams = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket, without s3://')
      .describe('name of the bucket'),
    key: z
      .string()
      .min(1)
      .max(1024)
      .refine(hasDateInFront, 'a key with YYYY, MM and DD before the first *, such as YYYY/MM/DD/backup-*.dump.enc')
      .describe('what the keys look like: `YYYY`, `MM`, `DD` are the date, `*` is anything but a slash'),
    every: daily.prefault('1d').describe('one object is expected in each such period, whole days'),
    periods: z.int().min(2).max(mostDays).default(7).describe('how many of the last periods are looked at'),
    at: timeOfDay.prefault('00:00').describe('when the object of a day is written: `02:00`'),
    grace: duration.prefault('2h').describe('how long after that it may take until it is missed'),
    zone: zone.default('UTC').describe('zone of the date in the key, and of `at`'),
    standard_objects: z
      .strictObject({
        least: z.int().min(0).optional().describe('fewer warn'),
        most: z.int().min(0).optional().describe('more warn: a lifecycle rule does not move or delete them'),
      })
      .optional()
      .describe('how many objects of class STANDARD ought to be there; default: they are not counted'),
    bucket_size: z.boolean().default(true).describe('whether to ask CloudWatch for the size of the bucket'),
    account,
    region,
  })
  .refine(({ every, periods }) => every * periods <= mostDays * dayMs, {
    error: `every × periods of at most ${mostDays} days: each costs a call`,
    path: ['periods'],
  });
export type S3ObjectsTarget = z.output<typeof s3ObjectsParams>;

function isZone(name: string): boolean {
  try {
    wallAt(name, 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
