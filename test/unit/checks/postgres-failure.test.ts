import { describe, expect, it } from 'vitest';
import { postgresFailure } from '../../../src/checks/postgres/failure.ts';

const place = { host: 'db:5432', database: 'app', user: 'rounds' };
const refused = (code: string, message: string) => Object.assign(new Error(message), { code, severity: 'ERROR' });

describe('what PostgreSQL’s errors say', () => {
  it.each([
    ['53300', 'too many connections'],
    ['57P01', 'the server is shutting down'],
    ['57P03', 'the server is starting up or shutting down'],
  ])('%s: the database is down', (code, error) => {
    expect(postgresFailure(refused(code, 'x'), place)).toEqual({ kind: 'down', error });
  });

  it.each([
    ['28P01', 'denied'],
    ['28000', 'denied'],
    ['42501', 'denied'],
    ['57014', 'timeout'],
    ['55P03', 'timeout'],
    ['3D000', 'misconfigured'],
    ['42P01', 'misconfigured'],
    ['42703', 'misconfigured'],
    ['42601', 'misconfigured'],
    ['25006', 'misconfigured'],
    ['0A000', 'misconfigured'],
    ['22P02', 'misconfigured'],
    ['XX000', 'error'],
  ])('%s: unknown, %s', (code, reason) => {
    const failure = postgresFailure(refused(code, 'message of the server'), place);
    expect(failure).toMatchObject({ kind: 'unmeasured', reason, message: expect.stringMatching(/^db:5432\/app: /) });
  });

  it.each([
    ['permission denied for table audit_logs', 'grant select on audit_logs to rounds'],
    ['permission denied for materialized view daily', 'grant select on daily to rounds'],
    ['permission denied for database audit', 'grant connect on database audit to rounds'],
    ['permission denied for schema audit', 'grant usage on schema audit to rounds'],
    ['permission denied for function f', 'grant execute on function f to rounds'],
    ['droit refusé', 'grant rounds the right to read what the query reads'],
  ])('%s → %s', (message, next) => {
    expect(postgresFailure(refused('42501', message), place)).toMatchObject({ reason: 'denied', next });
  });

  it('never repeats data', () => {
    for (const code of ['22P02', '23505', 'P0001', 'XX000']) {
      expect(JSON.stringify(postgresFailure(refused(code, 'invalid input: "123-45-6789"'), place))).not.toContain(
        '123-45',
      );
    }
  });

  it('takes the network’s and the client’s own errors', () => {
    const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(postgresFailure(epipe, place)).toEqual({ kind: 'down', error: 'connection reset' });
    expect(postgresFailure(new Error('Connection terminated unexpectedly'), place)).toMatchObject({ kind: 'down' });
    expect(postgresFailure(new Error('SASL: client password must be a string'), place)).toMatchObject({
      reason: 'denied',
    });
    expect(postgresFailure(new Error('The server does not support SSL connections'), place)).toMatchObject({
      reason: 'misconfigured',
    });
  });
});
