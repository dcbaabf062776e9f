import type { AlarmHistoryItem, AlarmType, CloudWatch, StateValue } from '@aws-sdk/client-cloudwatch';
import { Unmeasured } from '../../kernel/check.ts';
import { type AwsConnection, askAws, everyPage } from '../aws/client.ts';
import { listed } from '../aws/listed.ts';

/** Left out, CloudWatch answers metric alarms alone. */
const everyKind: AlarmType[] = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'];
const perPage = 100;
/** DescribeAlarms may be asked 9 times a second: 2 s for this many. */
const mostAlarms = 2_000;
/** The history is a remark beside the state: no more of it than 10 pages. */
const mostChanges = 1_000;
/** With more named alarms than this, one question about all is cheaper than one for each. */
const mostAskedApart = 10;

/** An alarm of any kind, as far as the check reads it. */
export interface Alarm {
  name: string;
  state: StateValue;
  /** When it got into this state; undefined = CloudWatch doesn't say. */
  since: Date | undefined;
  actionsEnabled: boolean;
  /** `EVALUATION_ERROR`, `EVALUATION_FAILURE`, `PARTIAL_DATA`; undefined = it is evaluated. */
  trouble: string | undefined;
}

interface Reader {
  aws: AwsConnection<CloudWatch>;
  signal: AbortSignal;
  /** What is asked for, for messages. */
  what: string;
}

/** Alarms by name, by prefix, or all; throws Unmeasured. `complete` is false when there are more than 2,000. */
export function readAlarms(
  { aws, signal, what }: Reader,
  { names, prefix }: { names?: string[] | undefined; prefix?: string | undefined },
): Promise<{ items: Alarm[]; complete: boolean }> {
  const question = { action: 'cloudwatch:DescribeAlarms', resource: what };
  return everyPage(async (NextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.describeAlarms(
        {
          ...(names ? { AlarmNames: names } : { AlarmNamePrefix: prefix }),
          ...{ AlarmTypes: everyKind, MaxRecords: perPage, NextToken },
        },
        options,
      ),
    );
    const { MetricAlarms, CompositeAlarms, LogAlarms } = page;
    listed(MetricAlarms ?? CompositeAlarms ?? LogAlarms, { ...question, region: aws.region });
    const alarms = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? []), ...(LogAlarms ?? [])];
    return { items: alarms.map((alarm) => alarmOf(alarm, aws.region)), next: page.NextToken };
  }, mostAlarms);
}

function alarmOf(
  raw: {
    AlarmName?: string | undefined;
    StateValue?: StateValue | undefined;
    StateTransitionedTimestamp?: Date | undefined;
    StateUpdatedTimestamp?: Date | undefined;
    ActionsEnabled?: boolean | undefined;
    EvaluationState?: string | undefined;
  },
  region: string,
): Alarm {
  const { AlarmName: name, StateValue: state } = raw;
  if (name === undefined || state === undefined)
    throw new Unmeasured(
      'invalid_answer',
      `cloudwatch:DescribeAlarms in ${region}: ${name ?? 'an alarm'} has no state`,
    );
  return {
    ...{ name, state, actionsEnabled: raw.ActionsEnabled ?? true, trouble: raw.EvaluationState },
    since: raw.StateTransitionedTimestamp ?? raw.StateUpdatedTimestamp,
  };
}

interface Span {
  since: Date;
  until: Date;
}

/**
 * Who went to ALARM since `since`, once for each time; throws Unmeasured. Of a few named alarms each is asked for, so that the
 * noise of others can't push them out; else the names are those of all alarms of the account.
 */
export async function readFired(
  reader: Reader,
  span: Span,
  asked: string[] | undefined,
): Promise<{ names: string[]; complete: boolean }> {
  const apart = asked && asked.length <= mostAskedApart ? [...new Set(asked)] : [undefined];
  const read = await Promise.all(apart.map((name) => firedOf(reader, span, name)));
  return { names: read.flatMap(({ names }) => names), complete: read.every(({ complete }) => complete) };
}

async function firedOf({ aws, signal }: Reader, { since, until }: Span, name: string | undefined) {
  const resource = name === undefined ? 'all alarms' : `alarm ${name}`;
  const question = { action: 'cloudwatch:DescribeAlarmHistory', resource };
  const { items, complete } = await everyPage(async (NextToken) => {
    const page = await askAws(aws, question, signal, (client, options) =>
      client.describeAlarmHistory(
        {
          ...{
            AlarmName: name,
            AlarmTypes: everyKind,
            HistoryItemType: 'StateUpdate',
            StartDate: since,
            EndDate: until,
          },
          ...{ MaxRecords: perPage, NextToken, ScanBy: 'TimestampDescending' },
        },
        options,
      ),
    );
    return { items: listed(page.AlarmHistoryItems, { ...question, region: aws.region }), next: page.NextToken };
  }, mostChanges);
  return { names: items.filter(wentToAlarm).map(({ AlarmName = 'unnamed' }) => AlarmName), complete };
}

/** The data is JSON; its summary, "Alarm updated from OK to ALARM", stands in where there is none. */
function wentToAlarm({ HistoryData, HistorySummary = '' }: AlarmHistoryItem): boolean {
  try {
    const data: { newState?: { stateValue?: unknown } } = JSON.parse(HistoryData ?? '');
    if (typeof data.newState?.stateValue === 'string') return data.newState.stateValue === 'ALARM';
  } catch {
    // Cut off, or another version of it.
  }
  return / to ALARM$/.test(HistorySummary);
}
