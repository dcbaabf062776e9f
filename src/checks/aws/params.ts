import { z } from 'zod';
import { parseDuration } from '../../kernel/duration.ts';

/** `30s`, `5m`, `1h30m`, `1d` → milliseconds. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'a duration such as 30s, 5m, 1h30m or 1d')
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ title: 'duration such as 5m' });

/** An account of the config's `aws.accounts`. */
export const account = z
  .string()
  .min(1)
  .optional()
  .describe('name of one of `aws.accounts`; default: the account whose credentials the bot has');

/** An AWS region; left out, AWS_REGION or the profile's region is used. */
export const region = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-west-1')
  .optional()
  .describe('AWS region; default: the account’s, `aws.region`, AWS_REGION, or the profile’s region');

/** Of ARNs: `aws-cn` in China, `aws-us-gov` for the US government. */
export function partitionOf(regionName: string | undefined): string {
  const [, place] = /^(cn|us-gov)-/.exec(regionName ?? '') ?? [];
  return place === undefined ? 'aws' : `aws-${place}`;
}
