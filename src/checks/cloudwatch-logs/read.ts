import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

// FilterLogEvents and not Logs Insights: it takes the patterns of metric filters, costs nothing for each GB that it looks
// through, and answers at once. The price is a bound on the pages: past it the count is "at least".

/** Until a page has an event or the group has ended; CloudWatch may answer empty pages first. */
const pagesForAnyEvent = 3;

export interface LogSearch {
  aws: AwsConnection<CloudWatchLogs>;
  signal: AbortSignal;
  /** Name or ARN. */
  group: string;
  streamPrefix: string | undefined;
  startMs: number;
  endMs: number;
}

/** What one group has in the span. `complete` is false when there may be more than was read. */
export interface Matches {
  found: number;
  complete: boolean;
  /** Of the newest one that was read. */
  newestMs: number | undefined;
}

/**
 * Counts the events of one group that match, page after page (at most 1 MB or 10,000 events each); what they say is read
 * over and forgotten, or as far as they came before the signal. Throws Unmeasured.
 */
export async function countMatches(
  search: LogSearch,
  { pattern, mostPages, limit }: { pattern?: string | undefined; mostPages: number; limit?: number },
): Promise<Matches> {
  const { aws, signal, group, streamPrefix, startMs, endMs } = search;
  const question = { action: 'logs:FilterLogEvents', resource: `log group ${group}` };
  let found = 0;
  let newestMs: number | undefined;
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const asked = askAws(aws, question, signal, (client, options) =>
      client.filterLogEvents(
        {
          ...{ logGroupIdentifier: group, logStreamNamePrefix: streamPrefix, filterPattern: pattern },
          ...{ startTime: startMs, endTime: endMs, limit, nextToken },
        },
        options,
      ),
    );
    // Time is over: what was counted until then holds.
    const answer = await asked.catch((error: unknown) => {
      if (page > 0 && signal.aborted && error instanceof Unmeasured) return undefined;
      throw error;
    });
    if (answer === undefined) break;
    const events = listed(answer.events, { ...question, region: aws.region });
    found += events.length;
    for (const { timestamp = 0 } of events) newestMs = Math.max(newestMs ?? 0, timestamp);
    nextToken = answer.nextToken || undefined;
    if (nextToken === undefined || (limit !== undefined && found >= limit)) break;
  }
  return { found, complete: nextToken === undefined, newestMs };
}

/** Whether the group has any event in the span; undefined when it can't be told in a few pages. Throws Unmeasured. */
export async function hasEvents(search: LogSearch): Promise<boolean | undefined> {
  const { found, complete } = await countMatches(search, { mostPages: pagesForAnyEvent, limit: 1 });
  return found > 0 ? true : complete ? false : undefined;
}
