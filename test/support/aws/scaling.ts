import type { ScalableTarget, ScalingActivity, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { AwsRefusal } from './refusal.ts';
import type { JsonService } from './service.ts';

type Input = Record<string, unknown>;

/** What the stand-in knows; change it between two looks. */
export interface ScalingState {
  targets: Partial<ScalableTarget>[];
  policies: Partial<ScalingPolicy>[];
  /** In any order; they are answered newest first. */
  activities: Partial<ScalingActivity>[];
}

/** Application Auto Scaling (AWS JSON 1.1), as far as the checks ask: page caps, tokens and errors as documented. */
export function scalingStandIn(state: ScalingState): JsonService {
  return {
    signingName: 'application-autoscaling',
    iamPrefix: 'application-autoscaling',
    target: 'AnyScaleFrontendService',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      DescribeScalableTargets(input) {
        const { items, NextToken } = page(inNamespace(state.targets, input), input);
        return { ScalableTargets: items, NextToken };
      },
      DescribeScalingPolicies(input) {
        const { items, NextToken } = page(inNamespace(state.policies, input), input);
        return { ScalingPolicies: items, NextToken };
      },
      DescribeScalingActivities(input) {
        const shown = inNamespace(state.activities, input)
          .filter(({ NotScaledReasons }) => input.IncludeNotScaledActivities === true || !NotScaledReasons?.length)
          .sort((a, b) => Number(b.StartTime) - Number(a.StartTime));
        const { items, NextToken } = page(shown, input);
        const ScalingActivities = items.map((one) => ({ ...one, StartTime: Number(one.StartTime) / 1000 }));
        return { ScalingActivities, NextToken };
      },
    },
  };
}

function inNamespace<Item extends { ServiceNamespace?: string | undefined }>(all: Item[], input: Input): Item[] {
  if (input.ServiceNamespace === undefined)
    throw new AwsRefusal('ValidationException', "1 validation error detected: Value null at 'serviceNamespace'");
  return all.filter(({ ServiceNamespace = 'ecs' }) => ServiceNamespace === input.ServiceNamespace);
}

function page<Item>(
  all: Item[],
  { MaxResults = 50, NextToken }: Input,
): { items: Item[]; NextToken: string | undefined } {
  const size = Number(MaxResults);
  if (!(size >= 1 && size <= 50)) throw new AwsRefusal('ValidationException', 'MaxResults must be between 1 and 50');
  const from = NextToken === undefined ? 0 : Number(Buffer.from(String(NextToken), 'base64').toString());
  if (!Number.isInteger(from)) throw new AwsRefusal('InvalidNextTokenException', 'The next token is invalid');
  const next = from + size;
  return {
    items: all.slice(from, next),
    NextToken: next < all.length ? Buffer.from(String(next)).toString('base64') : undefined,
  };
}
