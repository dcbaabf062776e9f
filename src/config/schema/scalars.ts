import { validate as isCron } from 'node-cron';
import { z } from 'zod';
import { formatDuration, parseDuration } from '../../kernel/duration.ts';
import { likelyName } from '../suggest.ts';

const durationHelp = 'a duration such as 500ms, 30s, 5m, 6h, 7d';

/** A duration in ms within bounds (ms, inclusive). */
export function duration(minMs: number, maxMs: number): z.ZodType<number> {
  const range = `${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return z
    .string({ error: durationHelp })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined) context.addIssue({ code: 'custom', message: durationHelp });
      else if (ms < minMs || ms > maxMs) context.addIssue({ code: 'custom', message: `a duration from ${range}` });
      else return ms;
      return z.NEVER;
    })
    .meta({ title: `duration, ${range}` });
}

/** Ids of checks, groups and windows. */
export const identifier = z
  .string({ error: 'an id in kebab case such as main-db' })
  .max(60, 'at most 60 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id in kebab case such as main-db (a-z, 0-9 and single dashes)')
  .meta({ title: 'id' });

/** 99.9 for `99.9%` or `99.9`. */
export const percent = z
  .union([z.string(), z.number()], { error: 'a percentage such as 99.9%' })
  .transform((raw, ctx) => {
    const match = /^(\d{1,3}(?:\.\d+)?) ?%?$/.exec(String(raw));
    const value = match === null ? Number.NaN : Number(match[1]);
    if (value > 0 && value <= 100) return value;
    ctx.addIssue({ code: 'custom', message: 'a percentage over 0 % and up to 100 %, such as 99.9%' });
    return z.NEVER;
  })
  .meta({ title: 'percentage' });

/** An IANA zone that this runtime knows. */
export const timeZone = z
  .string({ error: 'an IANA time zone such as Europe/Berlin' })
  .superRefine((zone, context) => {
    if (isZone(zone)) return;
    const guess = likelyName(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    const hint = guess === undefined ? '' : ` — did you mean ${guess}?`;
    context.addIssue({ code: 'custom', message: `an IANA time zone such as Europe/Berlin or UTC${hint}` });
  })
  .meta({ title: 'IANA time zone' });

function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const cronHelp = 'a cron expression such as "0 4 * * 0": minute, hour, day of month, month, day of week';

/** Five cron fields: with six the first would be seconds, and each of the others mean something else than it seems. */
export const cron = z
  .string({ error: 'a cron expression such as "0 4 * * 0"' })
  .refine((text) => text.trim().split(/\s+/).length === 5 && isCron(text), cronHelp)
  .meta({ title: 'five cron fields' });

/** One entry or a list of them. */
export function oneOrMany<S extends z.ZodType>(entry: S) {
  return z.union([z.array(entry), entry.transform((one) => [one])]);
}

/** `2 of 3`, or `3` for three in a row. */
export const hitsOf = z
  .union([z.string(), z.number()], { error: 'how many of the last results, such as 2 of 3' })
  .transform((raw, context) => {
    const match = /^([1-9]\d?)(?: of ([1-9]\d?))?$/.exec(String(raw));
    const hits = Number(match?.[1]);
    const of = Number(match?.[2] ?? match?.[1]);
    if (hits <= of) return { hits, of };
    context.addIssue({
      code: 'custom',
      message: 'how many of the last results, such as 2 of 3, or 3 for three in a row',
    });
    return z.NEVER;
  })
  .meta({ title: '`2 of 3`, or `3` for three in a row' });

const staleHelp = 'a multiple of `every` such as 3x, or a duration such as 30m';

/** `3x` = three times `every`; else a duration in ms. */
export const staleAfter = z
  .string({ error: staleHelp })
  .transform((text, context): { times: number } | { ms: number } => {
    const times = /^(\d{1,3}(?:\.\d+)?)x$/.exec(text)?.[1];
    if (times !== undefined && Number(times) > 1) return { times: Number(times) };
    const ms = parseDuration(text);
    if (ms !== undefined && ms > 0) return { ms };
    context.addIssue({ code: 'custom', message: `${staleHelp}; more than 1x` });
    return z.NEVER;
  })
  .meta({ title: 'a multiple of `every` above `1x`, or a duration' });

/** A user group, a person, or a free name: who to turn to. */
export const owner = z.string({ error: 'who owns it, such as "@platform"' }).trim().min(1).max(80);

/** A URL, or the name of a file in templates/runbooks. */
export const runbook = z
  .string({ error: 'a URL, or the name of a runbook such as api-down' })
  .regex(/^(https?:\/\/\S+|[a-z0-9][a-z0-9-]{0,79})$/, 'a URL, or the name of a runbook such as api-down')
  .meta({ title: 'URL, or name of a file' });

/** A day that exists, as `2026-12-25`. */
export const date = z
  .string({ error: 'a date such as 2026-12-25' })
  .refine(isDate, 'a date such as 2026-12-25')
  .meta({ title: 'date' });

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  // A day that doesn't exist (30 February) is moved to the next month: it comes back different.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}
