import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

export interface LogEvent {
  at: Date;
  message: string;
  stream?: string;
}

export interface LogsState {
  /** Events by log group. */
  groups: Record<string, LogEvent[]>;
  /** At most this many events a page (AWS: 10,000, or 1 MB). */
  pageSize?: number;
  /** Pages without events that come before the others, as AWS may answer. */
  emptyPages?: number;
}

const invalid = (message: string) => new AwsRefusal('InvalidParameterException', message);

/** CloudWatch Logs' FilterLogEvents (AWS JSON 1.1): patterns of words and of one JSON field, pages, tokens, errors. */
export function logsStandIn(state: LogsState): JsonService {
  return {
    ...{ signingName: 'logs', iamPrefix: 'logs', target: 'Logs_20140328', contentType: 'application/x-amz-json-1.1' },
    operations: {
      FilterLogEvents(input) {
        const { logGroupIdentifier, logGroupName, filterPattern, logStreamNamePrefix, limit = 10_000 } = input;
        if ((logGroupIdentifier === undefined) === (logGroupName === undefined))
          throw invalid('Exactly one of logGroupName and logGroupIdentifier is required');
        if (!(Number(limit) >= 1 && Number(limit) <= 10_000)) throw invalid('limit must be between 1 and 10000');
        if (Number(input.startTime) > Number(input.endTime)) throw invalid('startTime must be before endTime');
        const name = String(logGroupIdentifier ?? logGroupName);
        if (name.endsWith('*')) throw invalid('The identifier must not end with *');
        const events = state.groups[name.replace(/^arn:aws:logs:[^:]+:\d+:log-group:/, '')];
        if (!events) throw new AwsRefusal('ResourceNotFoundException', 'The specified log group does not exist.');
        const wanted = patternOf(filterPattern);
        const found = events
          .filter(({ at, message, stream = 'app/1' }) => {
            const ms = at.getTime();
            const inside = ms >= Number(input.startTime ?? 0) && ms <= Number(input.endTime ?? Infinity);
            return inside && stream.startsWith(String(logStreamNamePrefix ?? '')) && wanted(message);
          })
          .toSorted((a, b) => a.at.getTime() - b.at.getTime());
        return page(found, { size: Math.min(Number(limit), state.pageSize ?? 10_000), token: input.nextToken }, state);
      },
    },
  };
}

function patternOf(raw: unknown): (message: string) => boolean {
  const pattern = String(raw ?? '').trim();
  if (pattern === '') return () => true;
  if (pattern.length > 1024) throw invalid('filterPattern is longer than 1024');
  if (pattern.startsWith('{')) {
    const [, field = '', value = ''] = /^\{ \$\.(\w+) = (\*|"[^"]*") \}$/.exec(pattern) ?? [];
    if (field === '') throw invalid('Invalid filter pattern');
    return (message) => {
      const found = fieldOf(message, field);
      return found !== undefined && (value === '*' || JSON.stringify(found) === value);
    };
  }
  const words = pattern.split(/\s+/);
  const either = words.filter((word) => word.startsWith('?')).map((word) => word.slice(1));
  return (message) =>
    either.length > 0
      ? either.some((word) => message.includes(word))
      : words.every((word) => message.includes(word.replaceAll('"', '')));
}

function fieldOf(message: string, field: string): unknown {
  try {
    return (JSON.parse(message) as Record<string, unknown>)[field];
  } catch {
    return undefined;
  }
}

function page(found: LogEvent[], { size, token }: { size: number; token: unknown }, { emptyPages = 0 }: LogsState) {
  const [, empty, from] = /^(\d+)-(\d+)$/.exec(Buffer.from(String(token ?? ''), 'base64').toString()) ?? ['', '0', '0'];
  if (token !== undefined && !/^[\w+/=]+$/.test(String(token))) throw invalid('The specified nextToken is invalid.');
  const tokenOf = (pages: number, start: number) => Buffer.from(`${pages}-${start}`).toString('base64');
  if (Number(empty) < emptyPages) return { events: [], nextToken: tokenOf(Number(empty) + 1, 0) };
  const end = Number(from) + size;
  return {
    events: found.slice(Number(from), end).map(({ at, message, stream = 'app/1' }, i) => ({
      ...{ logStreamName: stream, timestamp: at.getTime(), message, ingestionTime: at.getTime() + 500 },
      eventId: String(Number(from) + i),
    })),
    nextToken: end < found.length ? tokenOf(Number(empty), end) : undefined,
    searchedLogStreams: [],
  };
}
