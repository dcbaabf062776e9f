import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;

/** What the stand-in knows; change it between two looks. */
export interface CostState {
  /** What each service costs on a day; undefined = Cost Explorer leaves the day out. */
  costs: (day: string) => Record<string, number | string> | undefined;
  /** What a day to come is expected to cost; undefined = there is no forecast. */
  forecast: ((day: string) => number) | undefined;
  /** Services of a day on one page; more of them follow under a token, with the day again. */
  servicesPerPage?: number;
  /** `now` of AWS: no forecast begins later, none ends before it. */
  today: string;
}

/** AWS Cost Explorer (AWS JSON 1.1): validation, paging and errors as documented; amounts are text. */
export function costStandIn(state: CostState): JsonService {
  return {
    ...{ signingName: 'ce', iamPrefix: 'ce', target: 'AWSInsightsIndexService' },
    contentType: 'application/x-amz-json-1.1',
    operations: {
      GetCostAndUsage(input) {
        const [metric] = (input.Metrics ?? []) as string[];
        if (input.Granularity !== 'DAILY' || metric === undefined)
          throw validation('Granularity and Metrics are required');
        if (JSON.stringify(input.GroupBy) !== '[{"Type":"DIMENSION","Key":"SERVICE"}]')
          throw validation('the stand-in only groups by service');
        const days = daysBetween(input).flatMap((day) => {
          const services = state.costs(day);
          return services ? [{ day, groups: Object.entries(services) }] : [];
        });
        const size = state.servicesPerPage ?? 5_000;
        const from = Number(input.NextPageToken ?? 0);
        const most = Math.max(0, ...days.map(({ groups }) => groups.length));
        return {
          ResultsByTime: days.map(({ day, groups }) => ({
            TimePeriod: { Start: day, End: after(day) },
            Total: {},
            Estimated: true,
            Groups: groups.slice(from, from + size).map(([service, cost]) => ({
              Keys: [service],
              Metrics: { [metric]: { Amount: String(cost), Unit: 'USD' } },
            })),
          })),
          NextPageToken: from + size < most ? String(from + size) : undefined,
        };
      },
      GetCostForecast(input) {
        const { forecast } = state;
        const days = daysBetween(input);
        if (days[0]! > state.today) throw validation('Start date must be today or before');
        if (input.Metric !== 'AMORTIZED_COST' || input.Granularity !== 'DAILY') throw validation('Metric is required');
        if (!forecast) throw new AwsRefusal('DataUnavailableException', 'Insufficient amount of historical data');
        const total = days.reduce((sum, day) => sum + forecast(day), 0);
        return {
          Total: { Amount: String(total), Unit: 'USD' },
          ForecastResultsByTime: days.map((day) => ({
            TimePeriod: { Start: day, End: after(day) },
            MeanValue: String(forecast(day)),
          })),
        };
      },
    },
  };
}

const validation = (message: string) => new AwsRefusal('ValidationException', message);
const after = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** The end is not part of it. */
function daysBetween({ TimePeriod }: Input): string[] {
  const { Start, End } = TimePeriod as { Start: string; End: string };
  if (!(Start < End)) throw validation('Start date should be before end date');
  const days: string[] = [];
  for (let day = Start; day < End; day = after(day)) days.push(day);
  return days;
}
