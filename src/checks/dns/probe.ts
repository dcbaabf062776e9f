import { promises } from 'node:dns';
import { domainToASCII } from 'node:url';
import type { Facts, Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import { openConnection } from '../network/connect.ts';
import { networkFailure } from '../network/failure.ts';
import { secondsSince, silent } from '../network/silence.ts';
import type { DnsTarget } from './params.ts';
import { askFor, normal, type Records } from './records.ts';

/** For the first try of one server; the second takes twice as long. The check's own timeout ends all of them. */
const timeoutMs = 1_000;
const tries = 2;
/** An answer over TCP may have thousands; all are compared, these are kept. */
const mostShown = 50;
const mostChars = 300;

/** Answers of the DNS that are no records: the name's own state, as the servers that the check names tell it. */
const states: Record<string, string> = { ENOTFOUND: 'nxdomain', ENODATA: 'nodata', ESERVFAIL: 'servfail' };

/**
 * Looks up once, past the system's cache and hosts file. `system`: its name servers, when they aren't to be read from it.
 * Throws Unmeasured when nothing is known about the name.
 */
export async function probeDns(
  probe: Pick<Probe<DnsTarget>, 'target' | 'signal'>,
  system?: readonly string[],
): Promise<Measurement> {
  const { target, signal } = probe;
  // c-ares, not getaddrinfo: that has four threads for the whole process, and slow look-ups would hold back others.
  const resolver = new promises.Resolver({ timeout: timeoutMs, tries });
  const servers = target.servers ?? system;
  if (servers !== undefined) resolver.setServers(servers);
  const who = target.servers?.join(', ') ?? `the system's name servers (${resolver.getServers().join(', ') || 'none'})`;
  const startedMs = performance.now();
  const silence = (): Facts =>
    silent(`no answer about ${target.name} from ${who} within ${secondsSince(startedMs)}`, target.on_timeout);
  const onAbort = () => resolver.cancel();
  if (signal.aborted) return { facts: silence() };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const records = await askFor(resolver, domainToASCII(target.name) || target.name, target.type);
    return { facts: factsOf(records, target, records.answers.length > 0 ? 'ok' : 'nodata', startedMs) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Of the system's servers it may be their own trouble, with every name.
    if (code === 'ESERVFAIL' && target.servers === undefined) throw failing(target, who, error);
    const state = states[code];
    if (state !== undefined) return { facts: factsOf({ answers: [] }, target, state, startedMs) };
    if (signal.aborted || code === 'ETIMEOUT') return { facts: silence() };
    if (code === 'ECONNREFUSED') return { facts: (await nobodyThere(target, who, signal)) ?? silence() };
    throw unanswered(code, target, who, error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function factsOf({ answers, ttlS }: Records, target: DnsTarget, status: string, startedMs: number): Facts {
  const expected = (target.expect ?? []).map((text) => normal(target.type, text));
  const found = expected.filter((text) => answers.includes(text));
  const enough = target.match === 'one' && found.length > 0;
  const shown = (texts: string[]) => texts.slice(0, mostShown).map((text) => cleanText(text, mostChars));
  return {
    reachable: true,
    error: '',
    resolved: status === 'ok',
    status,
    answers: shown(answers),
    answers_count: answers.length,
    latency_ms: Math.round((performance.now() - startedMs) * 10) / 10,
    ttl_s: ttlS ?? null,
    missing: enough ? [] : shown(expected.filter((text) => !answers.includes(text))),
    unexpected: expected.length > 0 ? shown(answers.filter((text) => !expected.includes(text))) : [],
  };
}

/**
 * Nobody listens: the state of servers that the check names, and our own trouble with the system's. c-ares says the same
 * when there is no network here, so a connection, which every name server takes as well, tells the two apart. Undefined =
 * that one stays silent.
 */
async function nobodyThere({ servers }: DnsTarget, who: string, signal: AbortSignal): Promise<Facts | undefined> {
  if (servers === undefined) {
    throw new Unmeasured('unreachable', `${who} refuse connections`, {
      next: 'check the name servers of the machine that runs the checks (/etc/resolv.conf)',
    });
  }
  const { hostname, port } = new URL(`http://${urlHost(servers[0] ?? '')}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const connection = await openConnection({ host, port: Number(port) || 53 }, signal);
  if (connection.kind === 'silent') return undefined;
  if (connection.kind === 'failed') {
    const failure = networkFailure(connection.error, who);
    if (failure.kind === 'unmeasured' && failure.reason !== 'timeout') {
      throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: connection.error });
    }
  }
  return { reachable: false, error: `no name server answers at ${who} (connection refused)` };
}

function urlHost(server: string): string {
  return server.split(':').length > 2 && !server.startsWith('[') ? `[${server}]` : server;
}

function failing({ name }: DnsTarget, who: string, cause: unknown): Unmeasured {
  return new Unmeasured('unreachable', `${who} fail on ${name} (SERVFAIL)`, {
    next: 'see whether they fail on other names too; to check this one, name its own servers as servers',
    cause,
  });
}

function unanswered(code: string, { name }: DnsTarget, who: string, cause: unknown): Unmeasured {
  switch (code) {
    case 'EREFUSED':
      return new Unmeasured('denied', `${who} refuses to answer about ${name} (REFUSED)`, {
        next: 'ask a server that serves this network or this zone, or allow this machine there',
        cause,
      });
    case 'EBADNAME':
      return new Unmeasured('misconfigured', `${name} is no name that can be looked up`, {
        next: 'correct name',
        cause,
      });
    default:
      return new Unmeasured('invalid_answer', `${who} gave no usable answer about ${name} (${code || 'unknown'})`, {
        next: 'see what it answers: dig',
        cause,
      });
  }
}
