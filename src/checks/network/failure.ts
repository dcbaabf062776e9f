import type { UnmeasuredReason } from '../../kernel/check.ts';

/**
 * What a failed connection says. `measured`: it is the target's state, and `error` names it.
 * `unmeasured`: it is ours (our resolver, our network, our limits), so nothing is known about the target.
 */
export type NetworkFailure =
  | { kind: 'measured'; error: string }
  | { kind: 'unmeasured'; reason: UnmeasuredReason; message: string; next?: string };

const targetStates: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ECONNABORTED: 'connection reset',
  ENOTFOUND: 'host not found',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'host is down',
  ENOENT: 'no such socket',
  CERT_HAS_EXPIRED: 'tls: certificate expired',
  CERT_NOT_YET_VALID: 'tls: certificate not yet valid',
  CERT_REVOKED: 'tls: certificate revoked',
  CERT_REJECTED: 'tls: certificate rejected',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls: self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls: self-signed certificate in the chain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls: issuer of the certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls: issuer of the certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls: issuer of the certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls: certificate is for another host',
};

/** Names what went wrong between us and `host` (host:port, no secrets). */
export function networkFailure(error: Error, host: string): NetworkFailure {
  const code = codeOf(error);
  const state = targetStates[code];
  if (state !== undefined) return { kind: 'measured', error: state };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return { kind: 'measured', error: `tls: handshake failed (${tlsReason(code, error)})` };
  }
  if (code === 'EAI_AGAIN') {
    return { kind: 'unmeasured', reason: 'unreachable', message: `the name server gave no answer about ${host}` };
  }
  if (code === 'ETIMEDOUT') return { kind: 'unmeasured', reason: 'timeout', message: `no connection to ${host}` };
  if (code === 'ENETUNREACH' || code === 'ENETDOWN' || code === 'EADDRNOTAVAIL') {
    return {
      kind: 'unmeasured',
      reason: 'unreachable',
      message: `no network from here to ${host} (${code})`,
      next: 'check the network of the machine that runs the checks',
    };
  }
  return { kind: 'unmeasured', reason: 'error', message: `${host} could not be asked (${code || error.name})` };
}

/** With several addresses Node gives one error per address; a refusal says more about the target than the others. */
function codeOf(error: Error): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  const codes = errors.map((each: unknown) => (each instanceof Error && 'code' in each ? String(each.code) : ''));
  return codes.find((code) => code === 'ECONNREFUSED') ?? codes.find((code) => code in targetStates) ?? codes[0] ?? '';
}

function tlsReason(code: string, error: Error): string {
  if (code !== 'EPROTO') return code.replace('ERR_SSL_', '').toLowerCase().replaceAll('_', ' ');
  return 'reason' in error ? String(error.reason) : 'no TLS on this port';
}
