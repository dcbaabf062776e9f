import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import cost from '../../../../src/checks/cost.ts';
import { type CostState, costStandIn } from '../../../support/aws/cost-explorer.ts';
import { useAws } from '../../../support/aws/environment.ts';
import { fired, measure, now, type ProbeOptions, refusal } from '../../../support/aws/probe.ts';
import { AwsServer } from '../../../support/aws/server.ts';
import { withSlowPart } from '../../../support/aws/slow-part.ts';
import { awsVerdict } from '../../../support/aws/verdict.ts';
import { saidByDefault } from '../../../support/said.ts';

// In the tests it is 2026-11-23: the newest whole day is the 21st, the average of the 7th to the 20th.
const state: CostState = { costs: () => ({}), forecast: undefined, today: '2026-11-23' };
const aws = new AwsServer([costStandIn(state)]);
const hoursLater = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const usual = { 'Amazon RDS': 10, 'Amazon EC2': 5, 'Amazon S3': 0.5 };
/** On one day other costs than on the rest. */
const on = (day: string, services: Record<string, number | string> | undefined) => {
  const before = state.costs;
  state.costs = (each) => (each === day ? services : before(each));
};

/** What is paid for is remembered by region: each test has its own. */
let regions = 0;
let region = '';

beforeAll(async () => useAws(await aws.start()));
afterAll(() => aws.stop());
beforeEach(() => {
  aws.mend();
  aws.forget();
  regions += 1;
  region = `us-test-${regions}`;
  state.costs = () => usual;
  state.forecast = () => 15.5;
  state.servicesPerPage = undefined;
  state.today = '2026-11-23';
});

const look = async (params: object = {}, options?: ProbeOptions) =>
  (await measure(cost, { region, budget: 500, ...params }, options)).facts;
const verdict = (params: object = {}) => awsVerdict(cost, { region, budget: 500, ...params });

describe('what it measures', () => {
  test('healthy: the day, its average, the month and what is to come', async () => {
    const facts = await look();
    expect(facts).toEqual({
      ...{ day: '2026-11-21', day_cost: 15.5, average_cost: 15.5, over_average_pct: 0 },
      ...{ top: ['Amazon RDS 10.00', 'Amazon EC2 5.00', 'Amazon S3 0.50'], rising: [] },
      // 23 days so far; 22 before today and 8 from today on.
      ...{ month_to_date: 356.5, budget: 500, budget_pct: 71.3, forecast: 465, forecast_pct: 93 },
      ...{ currency: 'USD', age_h: 0, calls_today: 2, unread: [] },
    });
    expect(fired(cost, { budget: 500 }, facts)).toEqual([]);
    expect(Object.keys(facts).sort()).toEqual(Object.keys(cost.facts({} as never)).sort());
  });

  test('it asks from the month’s or the average’s first day, whichever comes first, without credits', async () => {
    await look({ average_days: 30 });
    const [{ input } = { input: {} }] = aws.calls;
    expect(input).toMatchObject({
      TimePeriod: { Start: '2026-10-22', End: '2026-11-24' },
      Filter: { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } },
    });
    expect(await look({ average_days: 30 })).toMatchObject({ month_to_date: 356.5 });
  });

  test('degraded: a day over its average, with what rose', async () => {
    on('2026-11-21', { ...usual, 'Amazon RDS': 14 });
    const facts = await look();
    expect(facts).toMatchObject({
      day_cost: 19.5,
      over_average_pct: 25.8,
      rising: ['Amazon RDS 14.00 (average 10.00)'],
    });
    expect(saidByDefault(cost, { budget: 500 }, facts)).toBe(
      '19.5 USD on 2026-11-21, 15.5 a day in the 14 days before (limit 20 % over): Amazon RDS 14.00 (average 10.00)',
    );
  });

  test('failed: more than 20 % over the budget already', async () => {
    const facts = await look({ budget: 297 });
    expect(facts).toMatchObject({ month_to_date: 356.5, budget_pct: 120 });
    expect(fired(cost, { budget: 297 }, facts)).toEqual([
      'fail month_to_date > 356.4',
      'warn month_to_date > 297',
      'warn forecast > 356.4',
    ]);
  });

  test('tax and support come once a month: they count for the month, not for the day', async () => {
    on('2026-11-21', { ...usual, Tax: 40, 'AWS Support (Business)': 100 });
    expect(await look()).toMatchObject({ day_cost: 15.5, rising: [], month_to_date: 496.5 });
  });

  test('a rise of cents is none', async () => {
    state.costs = () => ({ 'Amazon S3': 0.1 });
    on('2026-11-21', { 'Amazon S3': 0.9 });
    expect(await verdict()).toBe('ok');
    expect(await verdict({ min_change: 0.5, average_days: 10 })).toBe('warn');
  });

  test('services on several pages', async () => {
    state.servicesPerPage = 2;
    expect(await look()).toMatchObject({ day_cost: 15.5, month_to_date: 356.5, calls_today: 3 });
  });

  test('without a budget no forecast is paid for', async () => {
    const facts = await look({ budget: undefined });
    expect(facts).toMatchObject({ budget: null, budget_pct: null, forecast: null, calls_today: 1 });
    expect(fired(cost, {}, facts)).toEqual([]);
  });
});

describe('what it costs itself', () => {
  test('answers are kept for 12 h, for all checks of the account, whatever their budgets', async () => {
    await look();
    expect(await look({ budget: 900 }, { at: hoursLater(11) })).toMatchObject({ age_h: 11, forecast: 465 });
    expect(aws.counts()).toEqual({ 'ce:GetCostAndUsage': 1, 'ce:GetCostForecast': 1 });
  });

  test('after 12 h, and on the next day, it asks again', async () => {
    const early = new Date('2026-11-23T00:30:00Z');
    await look({}, { at: early });
    await look({}, { at: new Date(early.getTime() + 12 * 3_600_000) });
    expect(aws.counts()['ce:GetCostAndUsage']).toBe(2);
    state.today = '2026-11-24';
    expect(await look({}, { at: new Date('2026-11-24T00:00:00Z') })).toMatchObject({ day: '2026-11-22', age_h: 0 });
    expect(aws.counts()['ce:GetCostAndUsage']).toBe(3);
  });

  test('no more calls a day than allowed: unknown then, until the next day', async () => {
    state.servicesPerPage = 1;
    const capped = { max_calls: 2 };
    expect(await refusal(measure(cost, { region, ...capped }))).toEqual({
      reason: 'throttled',
      message: 'the 2 calls a day that Cost Explorer may get are used up',
      next: 'wait for midnight UTC, or raise max_calls (each costs $0.01)',
      retryable: false,
    });
    expect(aws.counts()).toEqual({ 'ce:GetCostAndUsage': 2 });
    state.servicesPerPage = undefined;
    expect(await refusal(measure(cost, { region, ...capped }))).toMatchObject({ reason: 'throttled' });
    state.today = '2026-11-24';
    expect(await look(capped, { at: hoursLater(12) })).toMatchObject({ calls_today: 2 });
  });

  test('the limit leaves the costs, when only the forecast is too much', async () => {
    const facts = await look({ max_calls: 1 });
    expect(facts).toMatchObject({ day_cost: 15.5, forecast: null, calls_today: 1 });
    expect(facts.unread).toEqual([expect.stringContaining('the 1 calls a day')]);
  });

  test('refusals are not charged for, and not remembered', async () => {
    aws.break('denied', { times: 1 });
    expect(await refusal(measure(cost, { region, max_calls: 1 }))).toMatchObject({ reason: 'denied' });
    expect(await look({ max_calls: 1 })).toMatchObject({ calls_today: 1 });
  });
});

describe('what it can not measure is never a verdict', () => {
  const refused = () => refusal(measure(cost, { region, budget: 500 }));

  test('not permitted', async () => {
    aws.break('denied', { action: 'ce:GetCostAndUsage' });
    expect(await refused()).toMatchObject({
      reason: 'denied',
      message: `ce:GetCostAndUsage on costs by service in ${region}: AccessDenied`,
      next: 'grant ce:GetCostAndUsage',
    });
  });

  test('the costs of the day are not there yet', async () => {
    on('2026-11-21', {});
    expect(await refused()).toMatchObject({
      reason: 'empty',
      message: 'Cost Explorer has no costs of 2026-11-21, or not of the 14 days before',
    });
  });

  test('no forecast yet: the rest is there', async () => {
    state.forecast = undefined;
    const facts = await look();
    expect(facts).toMatchObject({ month_to_date: 356.5, forecast: null, forecast_pct: null });
    expect(facts.unread).toEqual([expect.stringContaining('AWS has no data for that yet')]);
  });

  test('unreachable', async () => {
    aws.break('drop');
    expect(await refused()).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('a hang ends with the probe, and the request with it', async () => {
    aws.break('hang');
    const call = aws.nextCall('ce:GetCostAndUsage');
    const stop = new AbortController();
    const measured = refusal(measure(cost, { region }, { signal: stop.signal }));
    const { abandoned } = await call;
    stop.abort();
    expect(await measured).toMatchObject({ reason: 'timeout' });
    await abandoned;
  });
});

test('it asks for what `iam` lists, and nothing else, in us-east-1', async () => {
  await measure(cost, { budget: 500 });
  expect(Object.keys(aws.counts()).sort()).toEqual([...cost.iam].sort());
  expect(new Set(aws.calls.map((call) => call.region))).toEqual(new Set(['us-east-1']));
});

test('without a budget it takes no forecast', () => {
  const iamFor = (params: object) => cost.iamFor?.(cost.params.parse(params));
  expect(iamFor({})).toEqual(['ce:GetCostAndUsage']);
  expect(iamFor({ budget: 500 })).toEqual(cost.iam);
});

test('a slow forecast does not hide the costs', async () => {
  const facts = await withSlowPart(aws, 'ce:GetCostForecast', cost, { region, budget: 500 });
  expect(facts).toMatchObject({ day_cost: 15.5, month_to_date: 356.5, budget_pct: 71.3, forecast: null });
  expect(facts.unread).toEqual([expect.stringContaining('ce:GetCostForecast on the rest of the month')]);
});

describe('planted faults', () => {
  const broken =
    (...[fault, options]: Parameters<AwsServer['break']>) =>
    () =>
      aws.break(fault, options);
  const spend = (day: string, services: Record<string, number | string> | undefined) => () => on(day, services);
  const outOfNothing = () => {
    monthly(0)();
    on('2026-11-21', { 'Amazon EC2': 3 });
  };
  const monthly = (rds: number) => () => {
    state.costs = () => ({ 'Amazon RDS': rds });
  };

  it.each<[string, 'fail' | 'warn' | 'unknown' | 'ok', () => unknown]>([
    ['nothing', 'ok', () => {}],
    ['19 % over the average', 'ok', spend('2026-11-21', { 'Amazon RDS': 18.5 })],
    ['21 % over the average', 'warn', spend('2026-11-21', { 'Amazon RDS': 18.76 })],
    ['a new service', 'warn', spend('2026-11-21', { ...usual, 'Amazon Bedrock': 30 })],
    ['nothing before, something now', 'warn', outOfNothing],
    ['a day that costs less', 'ok', spend('2026-11-21', { 'Amazon RDS': 1 })],
    ['over the budget', 'warn', monthly(22)],
    ['20 % over the budget', 'fail', monthly(26.1)],
    ['a month that will be over', 'warn', () => (state.forecast = () => 40)],
    ['tax takes the month over', 'fail', spend('2026-11-01', { ...usual, Tax: 300 })],
    ['forecast not permitted', 'unknown', broken('denied', { action: 'ce:GetCostForecast' })],
    ['forecast throttled', 'unknown', broken('throttled', { action: 'ce:GetCostForecast' })],
    ['no forecast yet', 'unknown', () => (state.forecast = undefined)],
    ['a forecast of no number', 'unknown', () => (state.forecast = () => Number.NaN)],
    ['the day is not there', 'unknown', spend('2026-11-21', undefined)],
    ['the day has no costs yet', 'unknown', spend('2026-11-21', {})],
    ['a day before is not there', 'unknown', spend('2026-11-15', undefined)],
    ['nothing at all', 'unknown', () => (state.costs = () => undefined)],
    ['an amount that is none', 'unknown', spend('2026-11-15', { 'Amazon RDS': 'much' })],
    ['an amount left empty', 'unknown', spend('2026-11-15', { 'Amazon RDS': '' })],
    ['not permitted', 'unknown', broken('denied')],
    ['denied by the organisation', 'unknown', broken('explicitly denied')],
    ['not subscribed', 'unknown', broken('not subscribed')],
    ['throttled', 'unknown', broken('throttled')],
    ['expired credentials', 'unknown', broken('expired')],
    ['garbage', 'unknown', broken('garbage')],
    ['internal error', 'unknown', broken('internal')],
    ['dropped', 'unknown', broken('drop')],
  ])('%s → %s', async (_, expected, plant) => {
    plant();
    expect(await verdict()).toBe(expected);
  });
});
