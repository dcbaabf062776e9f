import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { failureOf, isDeadToken, portError } from '../../../src/slack/failures.ts';

function refused(error: string) {
  return new WebAPIPlatformError({ ok: false, error });
}

function networkError(code: string) {
  return new WebAPIRequestError(new TypeError('fetch failed', { cause: Object.assign(new Error('socket'), { code }) }));
}

describe('failureOf', () => {
  it('takes a word of Slack for a refusal', () => {
    expect(failureOf(refused('not_in_channel'))).toMatchObject({ kind: 'refused', error: 'not_in_channel' });
  });

  it.each([
    ['an internal error', refused('internal_error')],
    ['a page of a proxy', refused('<html>Bad gateway</html>')],
    ['a 502', new WebAPIHTTPError(502, 'Bad Gateway', {}, '')],
    ['a reset', networkError('ECONNRESET')],
    ['a timeout', new WebAPIRequestError(new DOMException('late', 'TimeoutError'))],
    ['a body that broke off', new TypeError('terminated')],
  ])('does not know what happened after %s', (_, error) => {
    expect(failureOf(error).kind).toBe('ambiguous');
  });

  it('knows that a refused connection sent nothing', () => {
    expect(failureOf(networkError('ECONNREFUSED'))).toEqual({ kind: 'not_sent', why: 'ECONNREFUSED' });
  });

  it('reads how long a 429 asks to wait', () => {
    expect(failureOf(new WebAPIRateLimitedError(7))).toEqual({ kind: 'rate_limited', afterMs: 7_000 });
    expect(failureOf(new WebAPIRateLimitedError(0))).toEqual({ kind: 'rate_limited', afterMs: 1_000 });
  });
});

describe('portError', () => {
  it('keeps the word of Slack as the reason and says what it needs', () => {
    const error = portError(
      'chat.update',
      { kind: 'refused', error: 'missing_scope', needed: 'chat:write' },
      undefined,
    );
    expect(error).toMatchObject({ reason: 'missing_scope', retryable: false });
    expect(error.message).toContain('needs chat:write');
  });

  it('hands on how long a 429 asks to wait', () => {
    const error = portError('chat.update', { kind: 'rate_limited', afterMs: 7_000 }, undefined);
    expect(error).toMatchObject({ reason: 'rate_limited', retryable: true, retryAfterMs: 7_000 });
  });

  it('is retryable when nothing happened', () => {
    expect(portError('chat.update', { kind: 'not_sent', why: 'ENOTFOUND' }, undefined).retryable).toBe(true);
    expect(portError('chat.update', { kind: 'ambiguous', why: 'timeout' }, undefined).retryable).toBe(false);
  });
});

describe('isDeadToken', () => {
  it('tells a dead token from a missing permission', () => {
    expect(isDeadToken('token_revoked')).toBe(true);
    expect(isDeadToken('missing_scope')).toBe(false);
  });
});
