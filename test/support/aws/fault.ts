import { AwsRefusal } from './refusal.ts';
import type { AwsService } from './service.ts';

export type Fault =
  | 'denied'
  | 'explicitly denied'
  | 'throttled'
  | 'expired'
  | 'unknown key'
  | 'not subscribed'
  | 'internal'
  | 'unavailable'
  | 'garbage'
  /** Status 200, and nothing that AWS documents in it. */
  | 'empty'
  | 'hang'
  | 'drop';

export type RefusingFault = Exclude<Fault, 'hang' | 'drop' | 'garbage' | 'empty'>;

/** The names by which protocols differ; the others say `…Exception`. */
const older: Partial<Record<RefusingFault, { query: [string, number]; ec2: [string, number]; s3: [string, number] }>> =
  {
    denied: { query: ['AccessDenied', 403], ec2: ['UnauthorizedOperation', 403], s3: ['AccessDenied', 403] },
    'explicitly denied': {
      query: ['AccessDenied', 403],
      ec2: ['UnauthorizedOperation', 403],
      s3: ['AccessDenied', 403],
    },
    throttled: { query: ['Throttling', 400], ec2: ['RequestLimitExceeded', 503], s3: ['SlowDown', 503] },
    expired: { query: ['ExpiredToken', 403], ec2: ['RequestExpired', 400], s3: ['ExpiredToken', 400] },
    'unknown key': { query: ['InvalidClientTokenId', 403], ec2: ['AuthFailure', 401], s3: ['InvalidAccessKeyId', 403] },
    internal: { query: ['InternalFailure', 500], ec2: ['InternalError', 500], s3: ['InternalError', 500] },
    unavailable: { query: ['ServiceUnavailable', 503], ec2: ['Unavailable', 503], s3: ['ServiceUnavailable', 503] },
  };

/** How AWS refuses `action` (`ecs:ListServices`), in the words of the service's protocol. */
export function refusalFor(fault: RefusingFault, action: string, service: AwsService): AwsRefusal {
  const { protocol } = service;
  const kind = protocol === 'rest-xml' ? (service.wrapped ? 'query' : 's3') : protocol;
  const named = kind === 'query' || kind === 'ec2' || kind === 's3' ? older[fault]?.[kind] : undefined;
  const { code, message, status } = inJson(fault, action);
  if (named) return new AwsRefusal(named[0], message, { status: named[1] });
  const isRest = protocol === 'rest-json';
  const restStatus = fault === 'throttled' ? 429 : fault.includes('denied') ? 403 : status;
  return new AwsRefusal(code, message, { status: isRest ? restStatus : status });
}

function inJson(fault: RefusingFault, action: string): AwsRefusal {
  const who = 'User: arn:aws:sts::123456789012:assumed-role/rounds/bot is not authorized to perform:';
  switch (fault) {
    case 'denied':
      return new AwsRefusal(
        'AccessDeniedException',
        `${who} ${action} because no identity-based policy allows the ${action} action`,
      );
    case 'explicitly denied':
      return new AwsRefusal(
        'AccessDeniedException',
        `${who} ${action} with an explicit deny in a service control policy`,
      );
    case 'throttled':
      return new AwsRefusal('ThrottlingException', 'Rate exceeded');
    case 'expired':
      return new AwsRefusal('ExpiredTokenException', 'The security token included in the request is expired');
    case 'unknown key':
      return new AwsRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
    case 'not subscribed':
      return new AwsRefusal('OptInRequired', 'The AWS Access Key Id needs a subscription for the service', {
        status: 403,
      });
    case 'internal':
      return new AwsRefusal('InternalFailure', 'The request processing has failed', { status: 500 });
    case 'unavailable':
      return new AwsRefusal('ServiceUnavailable', 'The request has failed due to a temporary failure', { status: 503 });
  }
}
