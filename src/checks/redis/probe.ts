import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Facts, type Measurement, type Probe, Unmeasured } from '../../kernel/check.ts';
import { counterRate, minuteMs } from '../facts/rate.ts';
import { cleanText } from '../facts/text.ts';
import { networkFailure } from '../network/failure.ts';
import { secondsSince, silent } from '../network/silence.ts';
import { type Ask, type NoAnswer, type RedisServer, talkToRedis } from './client.ts';
import { type Info, infoFacts, parseInfo } from './info.ts';
import type { RedisTarget } from './params.ts';
import type { Reply } from './resp.ts';

/** INFO has about 6 KB; modules and many databases add some. */
const maxBytes = 1_048_576;

type RedisProbe = Pick<Probe<RedisTarget>, 'target' | 'previous' | 'signal' | 'clock' | 'reveal' | 'site'>;

/** The server itself turns everybody away. */
class Refused extends Error {}

/** Asks PING, INFO and, of a cluster, CLUSTER INFO. Throws Unmeasured when nothing is known about the server. */
export async function probeRedis(probe: RedisProbe): Promise<Measurement> {
  const { target, previous, signal, clock, reveal } = probe;
  const where = `redis at ${target.host}:${target.port}`;
  const startedMs = performance.now();
  const server = await serverOf(probe);
  const login = loginOf(target, reveal);
  try {
    const talked = await talkToRedis(server, (ask, connectMs) => read(ask, connectMs, login, where), signal);
    if (talked.kind !== 'answer') return { facts: withoutAnswer(talked, target, where, startedMs) };
    const { info, ...facts } = talked.answer;
    const limit = target.memory_limit_mb === undefined ? undefined : target.memory_limit_mb * 1_048_576;
    const now = clock.now();
    const all: Facts = { ...facts, ...infoFacts(info, limit), ...saved(info, now) };
    const evictions = typeof all.evictions === 'number' ? all.evictions : null;
    const perMin = counterRate('evictions', evictions, { previous, now, unitMs: minuteMs });
    return { facts: perMin === undefined ? all : { ...all, evictions_per_min: perMin } };
  } catch (error) {
    if (error instanceof Refused) return { facts: { reachable: false, error: error.message } };
    throw error;
  }
}

async function read(ask: Ask, connectMs: number, login: string[] | undefined, where: string) {
  if (login !== undefined) expectText(await ask(...login), where, 'AUTH');
  const pingedMs = performance.now();
  const ping = await ask('PING');
  const latencyMs = performance.now() - pingedMs;
  if (ping.kind === 'error') refusal(ping.text, where, 'PING');
  const info = parseInfo(expectText(await ask('INFO'), where, 'INFO'));
  if (info.get('redis_mode') === 'sentinel') {
    throw new Unmeasured('misconfigured', `${where} is a sentinel`, { next: 'check the servers that it watches' });
  }
  if (!info.has('used_memory')) {
    throw new Unmeasured('invalid_answer', `${where} does not tell its memory`, { next: 'check that this is a Redis' });
  }
  const isCluster = info.get('cluster_enabled') === '1';
  return {
    reachable: true,
    error: '',
    connect_ms: tenths(connectMs),
    latency_ms: tenths(latencyMs),
    pong: ping.text === 'PONG',
    ping_answer: cleanText(ping.text, 120),
    ...(isCluster ? clusterFacts(await ask('CLUSTER', 'INFO')) : { cluster_ok: null, cluster_slots_down: null }),
    info,
  };
}

/** A user may lack the right to ask: the facts are null then, and their rules unknown. */
function clusterFacts(reply: Reply): Facts {
  if (reply.kind === 'error') return { cluster_ok: null, cluster_slots_down: null };
  const cluster = parseInfo(reply.text);
  const state = cluster.get('cluster_state');
  const [ok, assigned] = [cluster.get('cluster_slots_ok'), cluster.get('cluster_slots_assigned')];
  return {
    cluster_ok: state === undefined ? null : state === 'ok',
    cluster_slots_down: ok === undefined || assigned === undefined ? null : 16_384 - Number(ok),
  };
}

function saved(info: Info, now: Date): Facts {
  const at = Number(info.get('rdb_last_save_time') ?? Number.NaN);
  return { last_save_age_s: Number.isFinite(at) ? Math.max(0, Math.round(now.getTime() / 1000 - at)) : null };
}

function expectText(reply: Reply, where: string, asked: string): string {
  if (reply.kind === 'text') return reply.text;
  refusal(reply.text, where, asked);
  throw new Unmeasured('error', `${where} refuses ${asked}: ${cleanText(reply.text, 120)}`);
}

/** Throws for what is said before or instead of an answer: who may not ask, and a server that takes nobody. */
function refusal(text: string, where: string, asked: string): void {
  const denied = (what: string, next: string) => new Unmeasured('denied', `${where} ${what}`, { next });
  if (/^NOAUTH|called without any password|no password is set/i.test(text)) {
    const none = /without any password|no password is set/i.test(text);
    throw none
      ? denied('has no password, and one was sent', 'leave `password` out, or set one at the server')
      : denied('asks for a password', 'set `password`');
  }
  if (/^WRONGPASS|invalid password/i.test(text)) throw denied('refuses the password', 'check `user` and `password`');
  if (/^NOPERM/.test(text)) {
    throw denied(`does not allow ${asked}`, 'at the server: ACL SETUSER … +ping +info +cluster|info');
  }
  if (/^DENIED/.test(text)) throw denied('is in protected mode', 'give it a password, then set `password`');
  if (/max number of clients/i.test(text)) throw new Refused('too many clients');
  // Nobody is answered until that ends.
  if (/^BUSY /.test(text)) {
    const kill = /FUNCTION KILL/.test(text) ? 'FUNCTION KILL' : 'SCRIPT KILL';
    throw new Refused(/module/i.test(text) ? 'busy with a module’s command' : `busy with a script: ${kill} ends it`);
  }
}

async function serverOf({ target, site }: RedisProbe): Promise<RedisServer> {
  const { host, port, tls, ca, insecure_tls: insecure } = target;
  if (!tls) return { host, port, maxBytes };
  return { host, port, maxBytes, tls: { ca: ca && (await readAuthority(resolve(site.dir, ca))), insecure } };
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Unmeasured('misconfigured', `ca: ${path} can't be read`, { next: 'a PEM file', cause });
  }
}

function loginOf({ user, password }: RedisTarget, reveal: RedisProbe['reveal']): string[] | undefined {
  if (password === undefined) return undefined;
  return ['AUTH', ...(user === undefined ? [] : [user]), reveal(password)];
}

function withoutAnswer(outcome: NoAnswer, target: RedisTarget, where: string, startedMs: number): Facts {
  switch (outcome.kind) {
    case 'silent': {
      const waitedFor = outcome.stage === 'connection' ? 'no connection to' : 'no answer from';
      return silent(`${waitedFor} ${where} within ${secondsSince(startedMs)}`, target.on_timeout);
    }
    case 'closed':
      return { reachable: false, error: 'connection closed without an answer' };
    case 'too_large':
      throw new Unmeasured('too_large', `${where} answered more than ${maxBytes / 1_048_576} MB`);
    case 'strange':
      throw new Unmeasured('invalid_answer', `${where} does not speak Redis's protocol`, {
        next: 'check host, port and `tls`',
      });
    case 'failed': {
      const failure = networkFailure(outcome.error, where);
      if (failure.kind === 'measured') return { reachable: false, error: failure.error };
      if (failure.reason === 'timeout') return silent(failure.message, target.on_timeout);
      throw new Unmeasured(failure.reason, failure.message, { next: failure.next, cause: outcome.error });
    }
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
