import type { UnmeasuredReason } from '../../kernel/check.ts';
import { networkFailure } from '../network/failure.ts';
import type { Place } from './connection.ts';

/** `down`: the database's own state. `unmeasured`: nothing is known about what was asked. */
export type PostgresFailure =
  | { kind: 'down'; error: string }
  | { kind: 'unmeasured'; reason: UnmeasuredReason; message: string; next?: string };

/** States of a server that is there and takes nobody, by SQLSTATE. */
const downStates: Record<string, string> = {
  '57P01': 'the server is shutting down',
  '57P02': 'the server is restarting after a crash',
  '57P03': 'the server is starting up or shutting down',
};

const unknownIssuer = {
  said: 'its certificate is not trusted here',
  next: 'name its authority in the DSN: sslrootcert=/path/ca.pem; or do as libpq does, which trusts any: sslmode=require&uselibpqcompat=true',
};
const otherHost = {
  said: 'its certificate is for another host',
  next: 'name in the DSN the host that the certificate names, or do as libpq does, which trusts any: sslmode=require&uselibpqcompat=true',
};
/**
 * Its clients may well trust it: libpq's `sslmode=require` looks at no certificate, and the check, without an authority,
 * trusts the public ones alone.
 */
const distrust: Record<string, { said: string; next: string }> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
};

/** Names what a failed question says. Never repeats data: only the messages of SQLSTATE classes that name objects are shown. Pure. */
export function postgresFailure(error: Error, place: Place): PostgresFailure {
  const where = `${place.host}/${place.database}`;
  const code = sqlState(error);
  if (code === undefined) return connectionFailure(error, where);
  if (code === '53300') return withoutPlace(error, where, place);
  const state = downStates[code];
  if (state !== undefined) return { kind: 'down', error: state };
  const unmeasured = (reason: UnmeasuredReason, message: string, next?: string): PostgresFailure => ({
    kind: 'unmeasured',
    reason,
    message: `${where}: ${message}`,
    next,
  });
  if (code === '28P01' || code === '28000') {
    return unmeasured('denied', error.message, 'check the user and password in the DSN, and pg_hba.conf');
  }
  if (code === '42501') return unmeasured('denied', error.message, grantFor(error.message, place.user));
  if (code === '57014')
    return unmeasured('timeout', 'the query was not done in time', 'make it faster: see its plan with EXPLAIN');
  if (code === '55P03')
    return unmeasured('timeout', 'the query waited too long for a lock', 'see who holds it in pg_locks');
  if (code === '3D000') return unmeasured('misconfigured', error.message, 'check the database name in the DSN');
  if (code === '25006') return unmeasured('misconfigured', error.message, 'only statements that read are allowed');
  if (code.startsWith('42') || code === '0A000')
    return unmeasured('misconfigured', error.message, 'check the sql with psql');
  if (code.startsWith('22'))
    return unmeasured('misconfigured', `the query failed (SQLSTATE ${code})`, 'check the sql with psql');
  return unmeasured('error', `the query failed (SQLSTATE ${code})`);
}

/** One state for three limits: the server's and the database's turn everybody away, the role's this check alone. */
function withoutPlace(error: Error, where: string, { user, database }: Place): PostgresFailure {
  // The message may be translated; poolers pass it on without the routine.
  const said = `${'routine' in error ? String(error.routine) : ''} ${error.message}`;
  if (/^CheckMyDatabase|too many connections for database/.test(said))
    return { kind: 'down', error: `too many connections for database ${database}` };
  if (!/^InitializeSessionUserId|too many connections for role/.test(said))
    return { kind: 'down', error: 'too many connections' };
  const message = `${where}: ${user} has as many connections as it may have`;
  const next = `alter role ${user} connection limit …, or end its other sessions`;
  return { kind: 'unmeasured', reason: 'misconfigured', message, next };
}

/** A server's error has a severity; without one, five letters may be a system error such as EPIPE. */
function sqlState(error: Error): string | undefined {
  return 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function connectionFailure(error: Error, where: string): PostgresFailure {
  if (error.message.startsWith('Connection terminated'))
    return { kind: 'down', error: 'connection closed by the server' };
  if (error.message.startsWith('SASL')) {
    const next = 'put the password into the DSN';
    return { kind: 'unmeasured', reason: 'denied', message: `${where}: the server asks for a password`, next };
  }
  if (error.message.includes('does not support SSL')) {
    const next = 'turn TLS on at the server, or say sslmode=disable in the DSN';
    return { kind: 'unmeasured', reason: 'misconfigured', message: `${where}: the server offers no TLS`, next };
  }
  const distrusted = 'code' in error ? distrust[String(error.code)] : undefined;
  if (distrusted !== undefined) {
    return {
      kind: 'unmeasured',
      reason: 'misconfigured',
      message: `${where}: ${distrusted.said}`,
      next: distrusted.next,
    };
  }
  const failure = networkFailure(error, where);
  return failure.kind === 'measured' ? { kind: 'down', error: failure.error } : failure;
}

/** `permission denied for table audit_logs` → `grant select on audit_logs to rounds`. */
function grantFor(message: string, user: string): string {
  if (message.includes('row-level security'))
    return `alter role ${user} bypassrls, or ask a view that shows what ${user} is to count: policies hide rows`;
  const [, kind, name] = /^permission denied for (\w+(?: \w+)?) (\S+)$/.exec(message) ?? [];
  if (kind === undefined) return `grant ${user} the right to read what the query reads`;
  if (kind === 'database') return `grant connect on database ${name} to ${user}`;
  if (kind === 'schema') return `grant usage on schema ${name} to ${user}`;
  if (kind === 'function' || kind === 'procedure') return `grant execute on ${kind} ${name} to ${user}`;
  return `grant select on ${name} to ${user}`;
}
