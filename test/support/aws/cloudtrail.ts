import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;

export interface StandInTrail {
  logging: boolean | undefined;
  homeRegion?: string;
  multiRegion?: boolean;
  validated?: boolean;
  deliveredAt?: Date;
  deliveryError?: string;
  digestError?: string;
  logsError?: string;
}

/** An event by its record's members; `record: false` leaves the record out. */
export interface StandInEvent {
  name: string;
  at: Date;
  readOnly: boolean;
  source?: string;
  identity?: Record<string, unknown>;
  errorCode?: string;
  response?: Record<string, unknown>;
  record?: false;
}

export interface CloudTrailState {
  trails: Record<string, StandInTrail>;
  events: StandInEvent[];
}

const refuse = (code: string, message: string) => new AwsRefusal(code, message);

/** AWS CloudTrail (AWS JSON 1.1): trails and their state, and LookupEvents with its one attribute, caps and tokens. */
export function cloudTrailStandIn(state: CloudTrailState): JsonService {
  return {
    ...{ signingName: 'cloudtrail', iamPrefix: 'cloudtrail' },
    ...{ target: 'CloudTrail_20131101', contentType: 'application/x-amz-json-1.1' },
    operations: {
      DescribeTrails({ trailNameList: names, includeShadowTrails = true }, { region }) {
        const wanted = Array.isArray(names) && names.length > 0 ? names.map(String) : undefined;
        if (wanted?.some((name) => name.startsWith('arn:') && !/^arn:aws:cloudtrail:[^:]+:\d{12}:trail\//.test(name)))
          throw refuse('CloudTrailARNInvalidException', 'not the ARN of a trail');
        const trailList = Object.entries(state.trails)
          .map(([name, trail]) => wireTrail(name, trail, region))
          .filter(({ Name, TrailARN, HomeRegion, IsMultiRegionTrail }) =>
            wanted
              ? wanted.includes(TrailARN) || (wanted.includes(Name) && HomeRegion === region)
              : HomeRegion === region || (includeShadowTrails === true && IsMultiRegionTrail),
          );
        return { trailList };
      },
      GetTrailStatus({ Name }, { region }) {
        const found = Object.entries(state.trails).find(([name, trail]) => {
          const wire = wireTrail(name, trail, region);
          return Name === wire.TrailARN || (Name === name && wire.HomeRegion === region);
        });
        if (!found) throw refuse('TrailNotFoundException', `Unknown trail: ${Name}`);
        const [, { logging, deliveredAt, deliveryError, digestError, logsError }] = found;
        return {
          ...{ IsLogging: logging, LatestDeliveryTime: deliveredAt && deliveredAt.getTime() / 1000 },
          ...{ LatestDeliveryError: deliveryError, LatestDigestDeliveryError: digestError },
          LatestCloudWatchLogsDeliveryError: logsError,
        };
      },
      LookupEvents(input) {
        return lookUp(state.events, input);
      },
    },
  };
}

function wireTrail(name: string, trail: StandInTrail, region: string) {
  const { homeRegion = region, multiRegion = true, validated = true } = trail;
  return {
    ...{ Name: name, TrailARN: `arn:aws:cloudtrail:${homeRegion}:123456789012:trail/${name}`, HomeRegion: homeRegion },
    ...{ IsMultiRegionTrail: multiRegion, LogFileValidationEnabled: validated, S3BucketName: 'trail-logs' },
  };
}

function lookUp(events: StandInEvent[], input: Input) {
  const { LookupAttributes, MaxResults = 50, StartTime = 0, EndTime = Number.MAX_SAFE_INTEGER, NextToken } = input;
  const attributes = Array.isArray(LookupAttributes) ? LookupAttributes : [];
  if (attributes.length > 1) throw refuse('InvalidLookupAttributesException', 'at most one attribute');
  if (!(Number(MaxResults) >= 1 && Number(MaxResults) <= 50))
    throw refuse('InvalidMaxResultsException', 'MaxResults must be between 1 and 50');
  if (Number(StartTime) > Number(EndTime)) throw refuse('InvalidTimeRangeException', 'StartTime is after EndTime');
  const found = events
    .filter((event) => {
      const atS = event.at.getTime() / 1000;
      return atS >= Number(StartTime) && atS <= Number(EndTime) && attributes.every((each) => has(event, each));
    })
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const [, from = '0', question] =
    /^(\d+) (.*)$/s.exec(Buffer.from(String(NextToken ?? ''), 'base64').toString()) ?? [];
  // A token belongs to the question that it came from.
  const mine = JSON.stringify([attributes, StartTime, EndTime]);
  if (NextToken !== undefined && question !== mine) throw refuse('InvalidNextTokenException', 'Invalid NextToken');
  const end = Number(from) + Number(MaxResults);
  return {
    Events: found.slice(Number(from), end).map(wireEvent),
    NextToken: end < found.length ? Buffer.from(`${end} ${mine}`).toString('base64') : undefined,
  };
}

function has(event: StandInEvent, attribute: { AttributeKey?: unknown; AttributeValue?: unknown }): boolean {
  switch (attribute.AttributeKey) {
    case 'EventName':
      return event.name === attribute.AttributeValue;
    case 'ReadOnly':
      return String(event.readOnly) === attribute.AttributeValue;
    default:
      throw refuse('InvalidLookupAttributesException', `the stand-in can't look up ${attribute.AttributeKey}`);
  }
}

function wireEvent(event: StandInEvent, i: number) {
  const { name, at, readOnly, source = 'ec2.amazonaws.com', identity, errorCode, response = null, record } = event;
  const written = {
    ...{ eventVersion: '1.11', eventName: name, eventSource: source, readOnly, errorCode, responseElements: response },
    ...{ userIdentity: identity ?? { type: 'IAMUser', userName: 'alice' }, sourceIPAddress: '203.0.113.7' },
  };
  return {
    ...{ EventId: `e-${i}`, EventName: name, EventTime: at.getTime() / 1000, EventSource: source },
    ...{ ReadOnly: String(readOnly), CloudTrailEvent: record === false ? undefined : JSON.stringify(written) },
  };
}
