import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { account, duration, region } from '../aws/params.ts';
import { heartbeatParams } from '../heartbeat/params.ts';
import { baseUrl } from '../network/json-api.ts';

const who = 'who looks for vulnerabilities';

const common = {
  deadlines: z
    .strictObject({
      critical: duration.prefault('24h').describe('for a critical one: CVSS 9.0 to 10.0'),
      high: duration.prefault('7d').describe('for a high one: 7.0 to 8.9'),
      medium: duration.prefault('30d').describe('for a medium one: 4.0 to 6.9'),
      low: duration.prefault('90d').describe('for a low one: 0.1 to 3.9'),
    })
    .prefault({})
    .describe('an open vulnerability older than this fails'),
  warn_after: z
    .int()
    .min(1)
    .max(100)
    .default(75)
    .describe('% of its deadline after which an open one warns; 100 = not before it fails'),
};

const most = z
  .int()
  .min(1)
  .max(5_000)
  .default(1_000)
  .describe('open ones read of each severity; with more, nothing found is no longer "none"');

const { every, cron, zone, grace } = heartbeatParams.shape;
const report = z
  .strictObject({
    source: z.literal('report').describe(who),
    token: secretRef.describe('the job sends it as `Authorization: Bearer …`; make one with `openssl rand -hex 24`'),
    every: every.describe('the longest time from one scan to the next; give this or `cron`'),
    cron: cron.describe('when the scan runs, as in its crontab'),
    zone,
    grace: grace.describe('how late a scan may report, its run time included'),
    ...common,
  })
  .refine((target) => (target.every === undefined) !== (target.cron === undefined), 'either `every` or `cron`');

const dependabot = z.strictObject({
  source: z.literal('dependabot').describe(who),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,39}\/(?!\.{1,2}$)[\w.-]{1,100}$/, 'OWNER/NAME as in its address')
    .describe('`OWNER/NAME`'),
  token: secretRef.describe('a fine-grained token that may read *Dependabot alerts* of it, and no more'),
  url: baseUrl
    .prefault('https://api.github.com')
    .describe('GitHub’s API; `https://HOST/api/v3` of a server of your own'),
  most,
  ...common,
});

const snyk = z.strictObject({
  source: z.literal('snyk').describe(who),
  organization: z.uuid('the id of the organisation: Settings → General → Organization ID').describe('its id'),
  token: secretRef.describe('of a service account with the role *Org Viewer*'),
  url: baseUrl.prefault('https://api.snyk.io').describe('Snyk’s API; `https://api.eu.snyk.io` in the EU'),
  most,
  ...common,
});

const inspector = z.strictObject({ source: z.literal('inspector').describe(who), most, account, region, ...common });

export const vulnerabilityParams = z.discriminatedUnion('source', [report, dependabot, snyk, inspector], {
  error: ({ code }) => (code === 'invalid_union' ? 'source: report, dependabot, snyk or inspector' : undefined),
});

export type VulnerabilityTarget = z.output<typeof vulnerabilityParams>;
export type TargetOf<Source extends VulnerabilityTarget['source']> = Extract<VulnerabilityTarget, { source: Source }>;
export type ReportTarget = TargetOf<'report'>;
