import { describe, expect, test } from 'vitest';
import { OpsError } from '../../../src/kernel/errors.ts';
import { connectionFailure, isUnavailable } from '../../../src/store/errors.ts';

const coded = (code: string, message = 'failed'): Error => Object.assign(new Error(message), { code });

describe('a database is unavailable', () => {
  test.each([
    ['a refused connection', coded('ECONNREFUSED')],
    ['a reset connection', coded('ECONNRESET')],
    ['an unknown host', coded('ENOTFOUND')],
    ['a missing Unix socket', Object.assign(coded('ENOENT'), { syscall: 'connect' })],
    ['a server that shuts down', coded('57P01')],
    ['a server that starts', coded('57P03')],
    ['too many connections', coded('53300')],
    ['a broken connection', coded('08006')],
    ['a database that takes no changes', coded('25006')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a client that broke before', new Error('Client has encountered a connection error and is not queryable')],
    ['no answer to a connect', new Error('timeout exceeded when trying to connect')],
    ['both addresses of a host refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['any of these as a cause', new Error('wrapped', { cause: coded('ECONNRESET') })],
    ['our own error of that code', new OpsError('unavailable', 'no database')],
  ])('after %s', (_, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  test.each([
    ['a unique violation', coded('23505')],
    ['a syntax error', coded('42601')],
    ['a wrong password', coded('28P01')],
    ['a cancelled statement', coded('57014')],
    ['a missing file', Object.assign(coded('ENOENT'), { syscall: 'open' })],
    ['a conflict', new OpsError('conflict', 'taken')],
    ['no error at all', undefined],
  ])('but not after %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

test.each([
  [coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432'), 'connection refused'],
  [new AggregateError([coded('ECONNREFUSED')], ''), 'connection refused'],
  [coded('ENOTFOUND'), 'host name not found'],
  [new Error('timeout expired'), 'timed out'],
  [new Error('Connection terminated due to connection timeout'), 'timed out'],
  [coded('57P03', 'the database system is starting up'), 'the database system is starting up'],
])('a connection failure in words: %s', (error, words) => {
  expect(connectionFailure(error)).toBe(words);
});
