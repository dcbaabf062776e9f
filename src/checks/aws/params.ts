import { z } from 'zod';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `1h`, `1d` → milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+[smhd]$/, 'a duration such as 30s, 5m, 1h or 1d')
  .transform((text) => Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs])
  .meta({ title: 'duration such as 5m' });

/** An AWS region; left out, AWS_REGION or the profile's region is used. */
export const region = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-west-1')
  .optional()
  .describe('AWS region; default: AWS_REGION, or the profile’s region');
