import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { cloudFrontRegion, connectCloudFront } from './aws/cloudfront.ts';
import { account, partitionOf, region } from './aws/params.ts';
import { cloudFrontFacts, cloudFrontRules, distributionFacts } from './cloudfront/facts.ts';
import { readDistribution } from './cloudfront/read.ts';
import { trafficFacts } from './cloudfront/traffic.ts';

const percent = z.number().min(0).max(100);

const params = z
  .strictObject({
    distribution: z
      .string()
      .regex(/^[A-Z0-9]{1,32}$/, 'an ID such as E1A2B3C4D5E6F7')
      .describe('ID of the distribution, as its console lists it: `E1A2B3C4D5E6F7`'),
    aliases: z
      .array(z.string().min(1).toLowerCase())
      .min(1)
      .optional()
      .describe('names that it has to serve, by an alias of its own or a wildcard'),
    warn_5xx_pct: percent.default(1).describe('warn when more % of the requests of 5 min were answered 5xx'),
    fail_5xx_pct: percent.default(5).describe('fail when more % of the requests of 5 min were answered 5xx'),
    warn_4xx_pct: percent
      .optional()
      .describe(
        'warn when more % of the requests of 5 min were answered 4xx, as an S3 origin does whose bucket or permission is gone',
      ),
    quiet: z
      .enum(['unknown', 'ok', 'fail'])
      .default('unknown')
      .describe('what no request in 15 min means: nothing tells then whether it answers'),
    account,
    region: region.describe('where CloudFront’s API and metrics are; default: us-east-1, for all but China'),
  })
  .refine(({ warn_5xx_pct, fail_5xx_pct }) => warn_5xx_pct <= fail_5xx_pct, {
    error: 'warn_5xx_pct must not be above fail_5xx_pct',
    path: ['warn_5xx_pct'],
  });
type Target = z.output<typeof params>;

export default defineCheck({
  type: 'cloudfront',
  summary: 'A CloudFront distribution: enabled, deployed, its aliases, certificate and origins, 5xx and 4xx answers',
  catalogue: ['H37'],
  params,
  facts: () => cloudFrontFacts,
  rules: cloudFrontRules,
  okSays: '{status}, {traffic}',
  iam: ['cloudfront:GetDistribution', 'cloudwatch:GetMetricData'],
  iamFor: ({ distribution, region: where }) => [
    {
      action: 'cloudfront:GetDistribution',
      resources: [`arn:${partitionOf(where)}:cloudfront::*:distribution/${distribution}`],
    },
    'cloudwatch:GetMetricData',
  ],
  describe: ({ distribution }) => `distribution ${distribution}`,
  lane: ({ account: name, region: where = cloudFrontRegion }) =>
    awsLane('cloudfront', { account: name, region: where }),
  example: `- id: cdn
  group: api
  cloudfront: {distribution: E1A2B3C4D5E6F7, aliases: [www.example.com]}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, clock } = probe;
    const where = { account: whereOf(probe).account, region: target.region ?? cloudFrontRegion };
    const cloudFront = await connectCloudFront(where, signal);
    const unread: string[] = [];
    const [distribution, traffic] = await Promise.all([
      readDistribution({ cloudFront, signal }, target.distribution),
      trafficFacts(probe, where, unread),
    ]);
    return { facts: { ...distributionFacts(distribution, target, clock.now()), ...traffic, unread } };
  },
});
