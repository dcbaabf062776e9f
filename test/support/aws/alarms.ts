import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;
type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface StandInAlarm {
  state: State | undefined;
  kind?: 'MetricAlarm' | 'CompositeAlarm' | 'LogAlarm';
  since?: Date;
  actionsEnabled?: boolean;
  evaluationState?: string;
}

/** A change of state; `data: false` leaves only the summary. */
export interface StandInChange {
  alarm: string;
  at: Date;
  from: State;
  to: State;
  kind?: StandInAlarm['kind'];
  data?: boolean;
}

export interface AlarmState {
  alarms?: Record<string, StandInAlarm>;
  changes?: StandInChange[];
}

const invalid = (message: string) => new AwsRefusal('ValidationException', message, { queryCode: 'ValidationError' });

/** CloudWatch's DescribeAlarms and DescribeAlarmHistory: kinds, caps, tokens and what may not be asked together. */
export function alarmOperations(state: AlarmState): JsonService['operations'] {
  return {
    DescribeAlarms(input) {
      const { AlarmNames: names, AlarmNamePrefix: prefix } = input;
      if (names !== undefined && prefix !== undefined)
        throw invalid('AlarmNamePrefix and AlarmNames cannot both be specified');
      if (Array.isArray(names) && names.length > 100) throw invalid('at most 100 AlarmNames');
      const kinds = kindsOf(input);
      const found = Object.entries(state.alarms ?? {}).filter(
        ([name, { kind = 'MetricAlarm' }]) =>
          kinds.includes(kind) && (Array.isArray(names) ? names.includes(name) : name.startsWith(String(prefix ?? ''))),
      );
      const { items, next } = page(found, input);
      const ofKind = (wanted: StandInAlarm['kind']) =>
        items.filter(([, { kind = 'MetricAlarm' }]) => kind === wanted).map(wireAlarm);
      return {
        ...{ MetricAlarms: ofKind('MetricAlarm'), CompositeAlarms: ofKind('CompositeAlarm') },
        ...{ LogAlarms: ofKind('LogAlarm'), NextToken: next },
      };
    },
    DescribeAlarmHistory(input) {
      const kinds = kindsOf(input);
      const [startS, endS] = [Number(input.StartDate ?? 0), Number(input.EndDate ?? Infinity)];
      const found = (state.changes ?? [])
        .filter(({ alarm, kind = 'MetricAlarm', at }) => {
          const atS = at.getTime() / 1000;
          const wanted = input.AlarmName === undefined || input.AlarmName === alarm;
          return wanted && kinds.includes(kind) && atS >= startS && atS <= endS;
        })
        .toSorted((a, b) => b.at.getTime() - a.at.getTime());
      if (input.HistoryItemType !== 'StateUpdate') throw invalid('the stand-in only keeps changes of state');
      const { items, next } = page(found, input);
      return { AlarmHistoryItems: items.map(wireChange), NextToken: next };
    },
  };
}

/** Left out, they are metric alarms alone. */
function kindsOf({ AlarmTypes }: Input): unknown[] {
  return Array.isArray(AlarmTypes) ? AlarmTypes : ['MetricAlarm'];
}

function wireAlarm([name, alarm]: [string, StandInAlarm]) {
  const { state, since, actionsEnabled = true, evaluationState } = alarm;
  const at = (since ?? new Date('2026-11-20T08:00:00Z')).getTime() / 1000;
  return {
    ...{ AlarmName: name, StateValue: state, ActionsEnabled: actionsEnabled, EvaluationState: evaluationState },
    ...{ AlarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`, StateUpdatedTimestamp: at },
    ...{ StateTransitionedTimestamp: since && at, StateReason: 'Threshold Crossed', AlarmActions: [] },
  };
}

function wireChange({ alarm, at, from, to, kind = 'MetricAlarm', data = true }: StandInChange) {
  return {
    ...{ AlarmName: alarm, AlarmType: kind, Timestamp: at.getTime() / 1000, HistoryItemType: 'StateUpdate' },
    HistorySummary: `Alarm updated from ${from} to ${to}`,
    HistoryData: data
      ? JSON.stringify({ version: '1.0', oldState: { stateValue: from }, newState: { stateValue: to } })
      : undefined,
  };
}

function page<Item>(found: Item[], input: Input): { items: Item[]; next: string | undefined } {
  const size = Number(input.MaxRecords ?? 50);
  if (!(size >= 1 && size <= 100)) throw invalid('MaxRecords must be between 1 and 100');
  const token = input.NextToken === undefined ? '0' : Buffer.from(String(input.NextToken), 'base64').toString();
  if (!/^\d+$/.test(token)) throw new AwsRefusal('InvalidNextToken', 'Invalid NextToken');
  const end = Number(token) + size;
  return {
    items: found.slice(Number(token), end),
    next: end < found.length ? Buffer.from(String(end)).toString('base64') : undefined,
  };
}
