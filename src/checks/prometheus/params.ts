import { z } from 'zod';
import { duration } from '../aws/params.ts';
import { access, apiUrl, oneLogin } from '../monitor/params.ts';
import { isPlainSeries } from './series.ts';

export const prometheusParams = z
  .strictObject({
    url: apiUrl.describe('what stands before `/api/v1`, also of Thanos, Mimir or VictoriaMetrics'),
    query: z
      .string()
      .trim()
      .min(1)
      .max(8_000)
      .describe('PromQL; `rate` is per second, so counts in a window are `increase(…[1h])`'),
    pick: z
      .enum(['only', 'max', 'min', 'sum'])
      .default('only')
      .describe('which of several series is `value`; with only, more than one is unknown'),
    missing: z
      .enum(['unknown', 'zero'])
      .default('unknown')
      .describe('what no series means; zero is for counts of what rarely happens, and needs `fresh`'),
    unit: z.string().optional().describe('shown behind the value: %, ms, bytes'),
    fresh: z
      .string()
      .trim()
      .min(1)
      .max(2_000)
      .refine(isPlainSeries, 'a plain series, `http_requests_total{job="api"}`: of an expression nobody knows the age')
      .optional()
      .describe(
        'series that the query reads, `http_requests_total{job="api"}`: `rate` answers for minutes after they stopped; a query that is a plain series needs it not. With `missing: zero` one that its targets always have, such as `process_start_time_seconds{job="api"}`',
      ),
    max_age: duration.prefault('5m').describe('samples of `fresh` older than this make the check unknown'),
    warnings: z
      .enum(['unknown', 'accept'])
      .default('unknown')
      .describe('what an answer with warnings means: parts of it may be missing'),
    same_hour: z
      .strictObject({
        days: z
          .union([z.literal(7), z.literal(28)])
          .default(28)
          .describe('how far back'),
        weekday: z.boolean().default(true).describe('true = same weekday alone, 4 of them in 28 days'),
        zone: z
          .string()
          .refine(isZone, 'an IANA zone such as Europe/Berlin')
          .optional()
          .describe('IANA zone whose clocks tell the hour, also over a change of the clocks; default: UTC'),
      })
      .refine(({ days, weekday }) => days === 28 || !weekday, {
        path: ['weekday'],
        message: '7 days have each weekday once: days: 28, or weekday: false',
      })
      .optional()
      .describe(
        'compare with the same time of earlier days: `usual`, `ratio_to_usual`, `days_found`; warns outside 50 % to 150 %',
      ),
    ...access,
  })
  .superRefine(oneLogin)
  .refine(({ missing, fresh }) => missing !== 'zero' || fresh !== undefined, {
    path: ['fresh'],
    message: 'missing: zero needs it: without targets there are no series either, and that is not zero',
  });

export type PrometheusTarget = z.output<typeof prometheusParams>;

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
