import { describe, expect, test } from 'vitest';
import { noCredentials, unmeasuredFrom } from '../../../../src/checks/aws/errors.ts';
import { Unmeasured } from '../../../../src/kernel/check.ts';

const question = { action: 'ecs:ListTasks', resource: 'cluster prod', region: 'eu-west-1' };
const running = new AbortController().signal;
const sdkError = (name: string, more: object = {}) => Object.assign(new Error(`${name} it said`), { name }, more);
const seen = (error: unknown, signal = running) => unmeasuredFrom(error, question, signal);

describe('the reason', () => {
  test.for([
    ['AccessDenied', 'denied'],
    ['AccessDeniedException', 'denied'],
    ['UnauthorizedOperation', 'denied'],
    ['UnrecognizedClientException', 'denied'],
    ['InvalidClientTokenId', 'denied'],
    ['ExpiredToken', 'denied'],
    ['ExpiredTokenException', 'denied'],
    ['SignatureDoesNotMatch', 'denied'],
    ['InvalidSignatureException', 'denied'],
    ['Throttling', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['ThrottledException', 'throttled'],
    ['RequestLimitExceeded', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['SubscriptionRequiredException', 'not_entitled'],
    ['OptInRequired', 'not_entitled'],
    ['APICallRateForCustomerExceeded', 'throttled'],
    ['ClusterNotFoundException', 'misconfigured'],
    ['ResourceNotFoundException', 'misconfigured'],
    ['TrailNotFoundException', 'misconfigured'],
    ['WAFNonexistentItemException', 'misconfigured'],
    ['WAFInvalidParameterException', 'misconfigured'],
    ['InvalidLookupAttributesException', 'misconfigured'],
    ['InvalidPaginationToken', 'misconfigured'],
    ['DBInstanceNotFoundFault', 'misconfigured'],
    ['DBClusterNotFoundFault', 'misconfigured'],
    ['DBParameterGroupNotFoundFault', 'misconfigured'],
    ['CacheClusterNotFoundFault', 'misconfigured'],
    ['ReplicationGroupNotFoundFault', 'misconfigured'],
    ['LoadBalancerNotFoundException', 'misconfigured'],
    ['TargetGroupNotFoundException', 'misconfigured'],
    ['NoSuchBucket', 'misconfigured'],
    ['PermanentRedirect', 'misconfigured'],
    ['AuthorizationHeaderMalformed', 'misconfigured'],
    ['LimitExceededException', 'throttled'],
    ['DataUnavailableException', 'empty'],
    ['InvalidParameterException', 'misconfigured'],
    ['ValidationError', 'misconfigured'],
    ['TimeoutError', 'timeout'],
    ['SyntaxError', 'invalid_answer'],
    ['SomethingNew', 'error'],
  ] as const)('%s → %s', ([name, reason]) => {
    expect(seen(sdkError(name)).reason).toBe(reason);
  });

  test.for([
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
  ] as const)('%s of the system → %s', ([code, reason]) => {
    expect(seen(sdkError('Error', { code }))).toMatchObject({ reason, retryable: true });
  });

  test('by the status, when the name is unknown', () => {
    const withStatus = (httpStatusCode: number) => seen(sdkError('Odd', { $metadata: { httpStatusCode } }));
    expect(withStatus(403).reason).toBe('denied');
    expect(withStatus(429).reason).toBe('throttled');
    expect(withStatus(503)).toMatchObject({ reason: 'error', retryable: true });
    expect(withStatus(400)).toMatchObject({ reason: 'error', retryable: false });
  });

  test('by the code of the older protocol, when the name says nothing', () => {
    expect(seen(sdkError('CloudWatchServiceException', { Code: 'Throttling' })).reason).toBe('throttled');
  });

  test('the end of the time beats whatever the client made of it', () => {
    const stop = new AbortController();
    stop.abort();
    expect(seen(sdkError('AccessDenied'), stop.signal)).toMatchObject({ reason: 'timeout', retryable: true });
  });

  test('an Unmeasured stays as it is', () => {
    const known = new Unmeasured('empty', 'nothing there');
    expect(seen(known)).toBe(known);
  });

  test('something that is no error', () => {
    expect(seen('boom')).toMatchObject({ reason: 'error', message: expect.stringContaining('boom') });
    expect(seen(undefined)).toMatchObject({ reason: 'error' });
  });
});

describe('the words', () => {
  test('name action, resource and region, and what to grant', () => {
    expect(seen(sdkError('AccessDeniedException'))).toMatchObject({
      message: 'ecs:ListTasks on cluster prod in eu-west-1: AccessDenied',
      next: 'grant ecs:ListTasks',
    });
  });

  test('an explicit deny is not mended by a grant', () => {
    const error = sdkError('AccessDeniedException', {
      message: 'User: x is not authorized to perform: y with an explicit deny in a service control policy',
    });
    expect(seen(error).next).toBe('allow ecs:ListTasks in the service control policy');
  });

  test('no credentials keep what the chain said', () => {
    expect(noCredentials(sdkError('CredentialsProviderError')).message).toBe(
      'no AWS credentials: CredentialsProviderError it said',
    );
    expect(noCredentials(new DOMException('x', 'TimeoutError')).message).toBe('no AWS credentials: none found in time');
  });
});
