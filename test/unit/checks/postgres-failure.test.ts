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
    ['sorry, too many clients already', 'InitProcess', 'too many connections'],
    ['remaining connection slots are reserved', 'InitPostgres', 'too many connections'],
    ['too many connections for database "app"', undefined, 'too many connections for database app'],
    ['zu viele Verbindungen für Datenbank »app«', 'CheckMyDatabase', 'too many connections for database app'],
  ])('no place for anybody: %s', (message, routine, error) => {
    expect(postgresFailure(Object.assign(refused('53300', message), { routine }), place)).toEqual({
      kind: 'down',
      error,
    });
  });

  it.each([
    ['too many connections for role "rounds"', undefined],
    ['zu viele Verbindungen von Rolle »rounds«', 'InitializeSessionUserId'],
  ])('no place for the check’s own user says nothing about the server: %s', (message, routine) => {
    expect(postgresFailure(Object.assign(refused('53300', message), { routine }), place)).toEqual({
      kind: 'unmeasured',
      reason: 'misconfigured',
      message: 'db:5432/app: rounds has as many connections as it may have',
      next: 'alter role rounds connection limit …, or end its other sessions',
    });
  });

  it.each([
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is not trusted here', /sslrootcert=.*uselibpqcompat=true/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted here', /sslrootcert=.*uselibpqcompat=true/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host', /uselibpqcompat=true/],
  ])('%s: not trusted by the check, perhaps by its clients', (code, said, next) => {
    expect(postgresFailure(Object.assign(new Error('x'), { code }), place)).toMatchObject({
      reason: 'misconfigured',
      message: `db:5432/app: ${said}`,
      next: expect.stringMatching(next),
    });
  });

  it('a certificate that expired is the server’s own trouble', () => {
    const expired = Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' });
    expect(postgresFailure(expired, place)).toEqual({ kind: 'down', error: 'tls: certificate expired' });
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
