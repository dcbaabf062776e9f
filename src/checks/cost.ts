import { z } from 'zod';
import { defineCheck, type Probe } from '../kernel/check.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectCostExplorer } from './aws/cost-explorer.ts';
import { account, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { tenth } from './aws/worst.ts';
import { cents, costFacts, costRules, dayFacts, dayOf, firstDay, monthCosts, monthEnd } from './cost/facts.ts';
import { PaidCalls } from './cost/paid.ts';
import { type CostReader, costsByDay, forecastOf } from './cost/read.ts';

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
      'calls a day (UTC) of this process, at $0.01 each: two are made every 12 h, one without a budget, more when it restarts',
    ),
  account,
  region: region.describe('where Cost Explorer is; default: us-east-1, for all regions of the account'),
});
type Target = z.output<typeof params>;

/** Of all checks in this process. */
const paid = new PaidCalls();

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
    const { target, signal, partsSignal, clock } = probe;
    const { budget, average_days, max_calls } = target;
    const now = clock.now();
    const where = { account: whereOf(probe).account, region: target.region ?? 'us-east-1' };
    const payer = JSON.stringify([where.account?.role, where.account?.externalId, where.region]);
    const reader: CostReader = {
      explorer: await connectCostExplorer(where, signal),
      signal,
      pay: (call) => paid.pay(payer, max_calls, now, call),
    };
    // Of one day, so that the costs and the forecast are of one month.
    const { at, answer: costs } = await paid.remembered(`${payer} costs ${average_days} ${dayOf(now)}`, now, () =>
      costsByDay(reader, firstDay(now, average_days), dayOf(now, 1)),
    );
    const unread: string[] = [];
    const rest =
      budget === undefined
        ? null
        : await part(unread, signal, () => readRest({ ...reader, signal: partsSignal }, payer, now));
    const month_to_date = cents(monthCosts(costs, at, dayOf(at, 1)));
    const forecast = rest && cents(monthCosts(costs, at, dayOf(rest.at)) + rest.answer);
    return {
      facts: {
        ...dayFacts(costs, target, at),
        ...{ month_to_date, budget: budget ?? null, forecast },
        budget_pct: budget === undefined ? null : tenth((month_to_date / budget) * 100),
        forecast_pct: budget === undefined || forecast === null ? null : tenth((forecast / budget) * 100),
        age_h: tenth((now.getTime() - at.getTime()) / 3_600_000),
        calls_today: paid.callsOf(payer, now),
        unread,
      },
    };
  },
});

/** What the days of the month from today on are expected to cost. */
function readRest(reader: CostReader, payer: string, now: Date) {
  return paid.remembered(`${payer} forecast ${dayOf(now)}`, now, () => forecastOf(reader, dayOf(now), monthEnd(now)));
}
