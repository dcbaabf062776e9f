import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, type Where, whereOf } from './aws/account.ts';
import { connectCostExplorer } from './aws/cost-explorer.ts';
import { account, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { tenth } from './aws/worst.ts';
import { cents, costFacts, costRules, dayFacts, dayOf, firstDay, monthCosts, monthEnd } from './cost/facts.ts';
import { PaidCalls } from './cost/paid.ts';
import { type CostReader, costsByDay, costsForm, forecastOf } from './cost/read.ts';

const params = z.strictObject({
  budget: z.number().positive().optional().describe('budget of a month, in the currency that AWS bills in'),
  over_pct: z
    .number()
    .min(1)
    .default(20)
    .describe('by how many % a day may be over its average, and the month over its budget'),
  average_days: z.int().min(2).max(60).default(14).describe('days before that make the average'),
  min_change: z.number().min(0).default(1).describe('a smaller rise of a day, in that currency, is none'),
  max_calls: z
    .int()
    .min(1)
    .default(8)
    .describe(
      'calls a day (UTC), of all replicas, at $0.01 each: two are made every 12 h and on each new day, one without a budget',
    ),
  account,
  region: region.describe('where Cost Explorer is; default: us-east-1, for all regions of the account'),
});
type Target = z.output<typeof params>;

export default defineCheck({
  type: 'cost',
  summary: 'What AWS costs, by Cost Explorer: a day against its average, the month against its budget, what rises',
  catalogue: ['H30'],
  params,
  facts: () => costFacts,
  rules: costRules,
  okSays: '{day_cost} {currency} on {day} (average {average_cost}), {month_to_date} this month',
  iam: ['ce:GetCostAndUsage', 'ce:GetCostForecast'],
  iamFor: ({ budget }) => ['ce:GetCostAndUsage', ...(budget === undefined ? [] : ['ce:GetCostForecast'])],
  describe: ({ account }) => `AWS costs${account === undefined ? '' : ` of ${account}`}`,
  lane: ({ account, region }) => awsLane('ce', { account, region: region ?? 'us-east-1' }),
  // So that the second of two checks finds what the first has paid for.
  laneLimit: 1,
  example: `- id: aws-cost
  group: platform
  every: 6h
  timeout: 30s
  cost: {budget: 500, max_calls: 6}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock, kept } = probe;
    const { budget, average_days, max_calls } = target;
    const now = clock.now();
    const where = { account: whereOf(probe).account, region: target.region ?? 'us-east-1' };
    const paying = { kept, payer: payerOf(where), most: max_calls, now, clock, signal };
    const paid = new PaidCalls(paying);
    const explorer = await connectCostExplorer(where, signal);
    const reader: CostReader = { explorer, signal, pay: (call) => paid.pay(call) };
    // Of one day, so that the costs and the forecast are of one month.
    const { at, answer: costs } = await paid.remembered(`costs ${average_days}`, costsForm, () =>
      costsByDay(reader, firstDay(now, average_days), dayOf(now, 1)),
    );
    const unread: string[] = [];
    const beside = new PaidCalls({ ...paying, signal: partsSignal });
    const rest =
      budget === undefined
        ? null
        : await part(unread, signal, () => readRest({ ...reader, signal: partsSignal }, beside, now));
    const month_to_date = cents(monthCosts(costs, at, dayOf(at, 1)));
    const forecast = rest && cents(monthCosts(costs, at, dayOf(rest.at)) + rest.answer);
    return {
      facts: {
        ...dayFacts(costs, target, at),
        ...{ month_to_date, budget: budget ?? null, forecast },
        budget_pct: budget === undefined ? null : tenth((month_to_date / budget) * 100),
        forecast_pct: budget === undefined || forecast === null ? null : tenth((forecast / budget) * 100),
        age_h: tenth(Math.max(0, now.getTime() - at.getTime()) / 3_600_000),
        calls_today: await paid.callsToday(),
        unread,
      },
    };
  },
});

/** What the days of the month from today on are expected to cost. */
function readRest(reader: CostReader, paid: PaidCalls, now: Date) {
  return paid.remembered('forecast', z.number(), () => forecastOf(reader, dayOf(now), monthEnd(now)));
}

/**
 * Who pays, by what AWS is asked with, so that the answers of one account are never told of another after a restart with
 * other keys. A digest: an external id is nobody's business.
 */
function payerOf({ account, region: where }: Where): string {
  const { AWS_PROFILE, AWS_ROLE_ARN, AWS_ACCESS_KEY_ID } = process.env;
  const keys = account ? [account.role, account.externalId] : [AWS_PROFILE, AWS_ROLE_ARN, AWS_ACCESS_KEY_ID];
  return createHash('sha256')
    .update(JSON.stringify([where, ...keys]))
    .digest('hex')
    .slice(0, 32);
}
