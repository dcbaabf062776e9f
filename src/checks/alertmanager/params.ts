import { z } from 'zod';
import { duration } from '../aws/params.ts';
import { access, apiUrl, oneLogin } from '../monitor/params.ts';

const severities = z.array(z.string());

export const alertmanagerParams = z
  .strictObject({
    url: z
      .union([apiUrl, z.array(apiUrl).min(1).max(9)])
      .transform((urls) => [urls].flat())
      .describe('what stands before `/api/v2`; of a cluster a list of all its members'),
    matchers: z
      .array(z.string().min(1).max(500))
      .max(20)
      .default([])
      .describe('only alerts with these labels: `[\'team="data"\', \'env!="test"\']`'),
    severity_label: z
      .string()
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'a label name such as severity')
      .default('severity')
      .describe('label that says how bad an alert is'),
    critical: severities.default(['critical']).describe('severities that count as `critical`'),
    warning: severities.default(['warning']).describe('severities that count as `warning`'),
    ignored: severities
      .default(['info', 'none'])
      .describe('severities that count as neither, `""` = none; what is in no list is `other`'),
    count_silenced: z.boolean().default(false).describe('true = alerts that somebody silenced count as firing'),
    count_inhibited: z
      .boolean()
      .default(false)
      .describe('true = alerts that another alert keeps quiet count as firing'),
    watchdog: z
      .string()
      .regex(/^[^{}]{1,200}$/, 'the name of an alert such as Watchdog')
      .optional()
      .describe('name of an alert that always fires (`Watchdog`): without it no alert gets here'),
    since: duration.prefault('24h').describe('how far back `started` counts'),
    peers: z
      .int()
      .min(1)
      .max(99)
      .optional()
      .describe('members that the cluster should have; default: as many as `url` lists, if several'),
    ...access,
  })
  .superRefine(oneLogin);

export type AlertmanagerTarget = z.output<typeof alertmanagerParams>;

/** How many members the cluster should have; undefined = it may be one alone. */
export function peersWanted({ url, peers }: AlertmanagerTarget): number | undefined {
  return peers ?? (url.length > 1 ? url.length : undefined);
}
