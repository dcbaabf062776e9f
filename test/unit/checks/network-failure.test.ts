import { describe, expect, it } from 'vitest';
import { networkFailure } from '../../../src/checks/network/failure.ts';

const failed = (code: string, more: object = {}) => Object.assign(new Error(`secret text ${code}`), { code, ...more });

describe('what a failed connection says', () => {
  it.each([
    ['ECONNREFUSED', 'connection refused'],
    ['ECONNRESET', 'connection reset'],
    ['ENOTFOUND', 'host not found'],
    ['EHOSTUNREACH', 'no route to host'],
    ['CERT_HAS_EXPIRED', 'tls: certificate expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls: self-signed certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls: handshake failed (wrong version number)'],
  ])('%s is the target’s state', (code, error) => {
    expect(networkFailure(failed(code), 'db:5432')).toEqual({ kind: 'measured', error });
  });

  it.each([
    ['EAI_AGAIN', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['EADDRNOTAVAIL', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['EMFILE', 'error'],
    ['EACCES', 'error'],
  ])('%s is ours: the target is unknown', (code, reason) => {
    const failure = networkFailure(failed(code), 'db:5432');
    expect(failure).toMatchObject({ kind: 'unmeasured', reason, message: expect.stringContaining('db:5432') });
    expect(JSON.stringify(failure)).not.toContain('secret text');
  });

  it('of several addresses, the refusal counts', () => {
    const both = new AggregateError([failed('ENETUNREACH'), failed('ECONNREFUSED')]);
    expect(networkFailure(both, 'db:5432')).toEqual({ kind: 'measured', error: 'connection refused' });
    expect(networkFailure(new AggregateError([]), 'db:5432')).toMatchObject({ kind: 'unmeasured', reason: 'error' });
  });
});
