import type { CostExplorer, Expression, ResultByTime } from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';

/** Days of a month and a trailing average: more of them than this can't come. */
const mostDays = 400;
/** Spread over the days that they are for: the yearly and monthly fees of reservations too. */
const metric = 'AmortizedCost';
/** Without credits and refunds, so that they don't hide a rise and their end doesn't look like one. */
const withoutCredits: Expression = { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } };

/** Cost Explorer as one probe reads it; `pay` makes each call. All functions throw Unmeasured only. */
export interface CostReader {
  explorer: AwsConnection<CostExplorer>;
  signal: AbortSignal;
  pay<Answer>(call: () => Promise<Answer>): Promise<Answer>;
}

const amounts = z.codec(z.array(z.tuple([z.string(), z.number()])), z.map(z.string(), z.number()), {
  decode: (entries) => new Map(entries),
  encode: (services) => [...services],
});

/** How costs are kept as JSON; decoded, what each service cost on which UTC day (`2026-11-23`), and in what (`USD`). */
export const costsForm = z.object({
  days: z.array(z.object({ day: z.string(), services: amounts })),
  currency: z.string(),
});
export type Costs = z.output<typeof costsForm>;
export type CostDay = Costs['days'][number];

/** Costs by day and service; `end` is not part of it. */
export async function costsByDay(reader: CostReader, start: string, end: string): Promise<Costs> {
  const question = { action: 'ce:GetCostAndUsage', resource: 'costs by service' };
  const request = {
    ...{ TimePeriod: { Start: start, End: end }, Granularity: 'DAILY' as const, Metrics: [metric] },
    ...{ GroupBy: [{ Type: 'DIMENSION' as const, Key: 'SERVICE' }], Filter: withoutCredits },
  };
  const { items, complete } = await everyPage(async (NextPageToken) => {
    const page = await reader.pay(() =>
      askAws(reader.explorer, question, reader.signal, (client, options) =>
        client.getCostAndUsage({ ...request, NextPageToken }, options),
      ),
    );
    if (!page.ResultsByTime) throw invalid('answered no days');
    return { items: page.ResultsByTime, next: page.NextPageToken };
  }, mostDays);
  if (!complete) throw new Unmeasured('too_large', `Cost Explorer answers more than ${mostDays} days by service`);
  const currencies = new Set(
    items.flatMap(({ Groups = [] }) => (Groups ?? []).map((group) => group.Metrics?.[metric]?.Unit)),
  );
  const [currency = 'USD'] = currencies;
  if (currencies.size > 1) throw invalid(`mixes ${[...currencies].join(' and ')}`);
  return { days: daysOf(items), currency };
}

/** A day whose services go on on the next page comes twice. */
function daysOf(results: ResultByTime[]): CostDay[] {
  const days = new Map<string, CostDay>();
  for (const { TimePeriod, Groups } of results) {
    const day = TimePeriod?.Start;
    if (day === undefined) throw invalid('leaves out which day it is about');
    const known = days.get(day) ?? { day, services: new Map() };
    for (const { Keys, Metrics } of Groups ?? [])
      known.services.set(Keys?.[0] ?? 'no service', amountOf(Metrics?.[metric]?.Amount));
    days.set(day, known);
  }
  return [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** What AWS expects the days from `start` up to `end` to cost together. */
export async function forecastOf(reader: CostReader, start: string, end: string): Promise<number> {
  const question = { action: 'ce:GetCostForecast', resource: 'the rest of the month' };
  const request = {
    ...{ TimePeriod: { Start: start, End: end }, Granularity: 'DAILY' as const, Metric: 'AMORTIZED_COST' as const },
    Filter: withoutCredits,
  };
  const { ForecastResultsByTime } = await reader.pay(() =>
    askAws(reader.explorer, question, reader.signal, (client, options) => client.getCostForecast(request, options)),
  );
  if (!ForecastResultsByTime?.length) throw invalid('forecasts no day');
  return ForecastResultsByTime.reduce((sum, { MeanValue }) => sum + amountOf(MeanValue), 0);
}

function amountOf(text: string | undefined): number {
  const amount = Number(text);
  if (text === undefined || text === '' || !Number.isFinite(amount)) throw invalid('leaves out what a service costs');
  return amount;
}

const invalid = (what: string) => new Unmeasured('invalid_answer', `Cost Explorer ${what}`);
