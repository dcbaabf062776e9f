import type { AwsAccount } from '../../kernel/aws.ts';
import { Unmeasured, type UnmeasuredReason } from '../../kernel/check.ts';

/** One question to AWS, for messages: `ecs:DescribeServices` about `cluster prod` in `eu-west-1`. */
export interface AwsQuestion {
  action: string;
  resource: string;
  region: string;
}

interface Finding {
  reason: UnmeasuredReason;
  what: string;
  next?: string;
  retryable?: boolean;
}

const unreachableCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS)/;

/** What AWS calls a resource that it doesn't know, and what people call it. */
const unknownNames: [RegExp, string][] = [
  [/^DBInstanceNotFound/, 'instance'],
  [/^(DB|Cache)ClusterNotFound|^ClusterNotFound/, 'cluster'],
  [/^DBParameterGroupNotFound/, 'parameter group'],
  [/^ReplicationGroupNotFound/, 'replication group'],
  [/^LoadBalancerNotFound/, 'load balancer'],
  [/^TargetGroupNotFound/, 'target group'],
  [/^NoSuchBucket$/, 'bucket'],
  [/^TrailNotFound/, 'trail'],
  [/^WAFNonexistentItem/, 'web ACL'],
  [/^NoSuchDistribution$/, 'distribution'],
  [/^ResourceNotFound/, 'resource'],
];

/** What AWS calls a request that can't be right. */
const mistake =
  /^(Validation|(WAF)?InvalidParameter|MissingParameter|MissingRequired|Invalid(NextToken|PaginationToken|TrailName|LookupAttributes|TimeRange|MaxResults)|CloudTrailARNInvalid)/;

/**
 * Turns whatever an AWS client threw into the reason why nothing was measured: a denial, a throttle or a dead network is
 * never a verdict about the system. The message names action, resource and region.
 */
export function unmeasuredFrom(error: unknown, question: AwsQuestion, signal: AbortSignal): Unmeasured {
  if (error instanceof Unmeasured && error !== signal.reason) return error;
  const { reason, what, next, retryable } = signal.aborted
    ? { reason: 'timeout' as const, what: "no answer before the check's timeout" }
    : findingOf(error, question);
  return new Unmeasured(reason, `${question.action} on ${question.resource} in ${question.region}: ${what}`, {
    next,
    retryable,
    cause: error,
  });
}

function findingOf(error: unknown, { action, resource, region }: AwsQuestion): Finding {
  const { names, code, status, message } = describe(error);
  const is = (pattern: RegExp) => names.some((name) => pattern.test(name));

  if (is(/^Expired(Token|TokenException)$|^RequestExpired$/))
    return { reason: 'denied', what: 'the credentials have expired', next: 'renew the credentials' };
  if (is(/^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure)/))
    return { reason: 'denied', what: 'AWS does not know the access key', next: 'renew the credentials' };
  if (is(/^(InvalidSignature|SignatureDoesNotMatch|IncompleteSignature)/))
    return {
      reason: 'denied',
      what: 'AWS refused the signature',
      next: "check the secret access key and this machine's clock",
    };
  if (is(/^SubscriptionRequired/) && action.startsWith('health:'))
    return {
      reason: 'not_entitled',
      what: 'the account has no support plan that includes the AWS Health API',
      next: 'take a plan of AWS Support from Business up, or remove the check',
    };
  if (is(/^(SubscriptionRequired|OptInRequired)/))
    return { reason: 'not_entitled', what: 'the account is not subscribed', next: `enable the service in ${region}` };
  if (is(/^InvalidAccessException$/))
    return {
      reason: 'not_entitled',
      what: 'the service is not enabled',
      next: `enable it in ${region}, or leave it out of the check`,
    };
  if (
    is(
      /^(Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|APICallRateForCustomerExceeded|LimitExceeded)/,
    ) ||
    status === 429
  )
    return { reason: 'throttled', what: 'AWS throttled the request', next: 'check less often, or raise the API quota' };
  if (is(/^(AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden)/) || status === 403)
    return denied(message, action);
  if (is(/^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint)/))
    return { reason: 'misconfigured', what: `it is in another region`, next: 'set region to the one that it is in' };
  if (is(/^DataUnavailable/))
    return { reason: 'empty', what: 'AWS has no data for that yet', next: 'wait a day; a new account has none' };
  const unknown = unknownNames.find(([pattern]) => is(pattern))?.[1];
  if (unknown)
    return { reason: 'misconfigured', what: `no such ${unknown}`, next: `check the ${unknown}'s name and region` };
  if (is(mistake)) return { reason: 'misconfigured', what: message, next: `correct the check of ${resource}` };
  if (code && unreachableCodes.test(code)) return { reason: 'unreachable', what: message };
  if (is(/^(TimeoutError|AbortError|RequestTimeout)/) || code === 'ETIMEDOUT')
    return { reason: 'timeout', what: 'no answer in time' };
  if (status && status >= 500) return { reason: 'error', what: `AWS answered ${status}: ${message}`, retryable: true };
  if (is(/^SyntaxError$/)) return { reason: 'invalid_answer', what: 'the answer is not what AWS documents' };
  return { reason: 'error', what: message };
}

/** The default chain found nothing, failed on the way, or was still looking (at the metadata address) when time was up. */
export function noCredentials(cause: unknown): Unmeasured {
  const { names, message } = describe(cause);
  const why = names.includes('TimeoutError') ? 'none found in time' : message;
  return new Unmeasured('no_credentials', `no AWS credentials: ${why}`, {
    next: 'give the bot a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    cause,
  });
}

/** The role of an account was not answered with keys in time: what STS refuses says so itself. */
export function noKeysOf({ name, role }: AwsAccount, region: string, cause: unknown): Unmeasured {
  const { names, message } = describe(cause);
  const why = names.includes('TimeoutError') ? 'no answer in time' : message;
  return new Unmeasured('no_credentials', `sts:AssumeRole on ${role} (account ${name}) in ${region}: ${why}`, {
    next: `check that the bot has credentials of its own and reaches AWS STS in ${region}`,
    cause,
  });
}

/** AWS says which kind of policy decided; an explicit deny is not mended by a grant. */
function denied(message: string, action: string): Finding {
  const explicit = /explicit deny in (?:an? )?([a-z- ]+polic(?:y|ies))/i.exec(message)?.[1];
  return explicit
    ? { reason: 'denied', what: `AccessDenied by a ${explicit}`, next: `allow ${action} in the ${explicit}` }
    : { reason: 'denied', what: 'AccessDenied', next: `grant ${action}` };
}

/** The parts of an SDK error that tell errors apart: its names (new and query-compatible), system code, HTTP status. */
function describe(error: unknown) {
  const raw: {
    name?: unknown;
    Code?: unknown;
    code?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: number };
  } = typeof error === 'object' && error !== null ? error : { message: String(error) };
  const name = String(raw.name ?? '');
  return {
    names: [name, String(raw.Code ?? '')].filter(Boolean),
    code: typeof raw.code === 'string' ? raw.code : undefined,
    status: raw.$metadata?.httpStatusCode,
    message: String(raw.message || name || 'unknown error'),
  };
}
