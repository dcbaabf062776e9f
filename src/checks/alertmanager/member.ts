import { z } from 'zod';
import { type Probe, Unmeasured } from '../../kernel/check.ts';
import { type Api, apiAt, ask, words } from '../monitor/ask.ts';
import type { AlertmanagerTarget } from './params.ts';

const alert = z.object({
  fingerprint: z.string().min(1),
  labels: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime({ offset: true }),
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: z.array(z.string()).nullish(),
    inhibitedBy: z.array(z.string()).nullish(),
  }),
});
const status = z.object({
  cluster: z.object({ status: z.string(), peers: z.array(z.unknown()).nullish() }),
});

export type Alert = z.output<typeof alert>;

type Reply<T> = { read: T } | { down: string };

/** What one member of a cluster says. Each may know other alerts: only silences are passed on between them. */
export type Member = { name: string } & (
  | {
      kind: 'answered';
      alerts: Alert[];
      /** Undefined = not asked, or not read. */
      watchdog: boolean | undefined;
      /** Undefined = not read. */
      cluster: { status: string; peers: number } | undefined;
      /** What was not read, and why. */
      unread: string[];
    }
  /** It can't be reached, which is its own state. */
  | { kind: 'down'; error: string }
);

/** Asks one member. Throws Unmeasured. */
export async function askMember(url: string, probe: Probe<AlertmanagerTarget>): Promise<Member> {
  const { target, partsSignal } = probe;
  // Of several members one that hangs must not hide the others.
  const signal = target.url.length > 1 ? partsSignal : probe.signal;
  const api = await apiAt('Alertmanager', url, target, probe);
  const name = api.url.host;
  const [alerts, state, heard] = await Promise.all([
    alertsOf(api, target.matchers, signal),
    beside(read(api, '/api/v2/status', new URLSearchParams(), status, partsSignal), `the state of ${name}`),
    target.watchdog === undefined
      ? undefined
      : beside(alertsOf(api, [watchdogMatcher(target.watchdog)], partsSignal), `${target.watchdog} on ${name}`),
  ]);
  if ('down' in alerts) return { name, kind: 'down', error: alerts.down };
  // Nothing found says nothing where it is not proven that an Alertmanager answers.
  if (alerts.read.length === 0 && 'why' in state && state.why?.reason === 'invalid_answer') throw state.why;
  const cluster = 'read' in state ? state.read.cluster : undefined;
  return {
    ...{ name, kind: 'answered', alerts: alerts.read },
    cluster: cluster && { status: cluster.status, peers: cluster.peers?.length ?? 0 },
    watchdog: heard && 'read' in heard ? heard.read.length > 0 : undefined,
    unread: [state, heard].flatMap((one) => (one && 'unread' in one ? [one.unread] : [])),
  };
}

/** What is read beside the alerts must not hide them: why it is not there, instead. */
async function beside<T>(
  work: Promise<Reply<T>>,
  what: string,
): Promise<{ read: T } | { unread: string; why?: Unmeasured }> {
  try {
    const reply = await work;
    return 'read' in reply ? reply : { unread: `${what} (${reply.down})` };
  } catch (error) {
    if (!(error instanceof Unmeasured)) throw error;
    return { unread: `${what} (${error.message}${error.next ? ` → ${error.next}` : ''})`, why: error };
  }
}

function alertsOf(api: Api, matchers: readonly string[], signal: AbortSignal) {
  const query = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]));
  return read(api, '/api/v2/alerts', query, z.array(alert), signal);
}

async function read<T>(
  api: Api,
  path: string,
  query: URLSearchParams,
  shape: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Reply<T>> {
  const reply = await ask(api, path, query, signal);
  if (reply.kind === 'down') return { down: reply.error };
  const { status: code, json } = reply;
  if (code === 400) {
    const said = typeof json === 'string' ? words(api, json) : 'bad request';
    throw new Unmeasured('misconfigured', `${api.name} can't read the matchers: ${said}`, { next: 'correct matchers' });
  }
  if (code >= 500) throw new Unmeasured('unreachable', `${api.name} answers HTTP ${code}`, { next: 'see its log' });
  const found = shape.safeParse(json);
  if (code === 200 && found.success) return { read: found.data };
  throw new Unmeasured('invalid_answer', `${api.name} answers what no Alertmanager does at ${path} (HTTP ${code})`, {
    next: 'check that url leads to Alertmanager 0.22 or newer',
  });
}

function watchdogMatcher(name: string): string {
  return `alertname=${JSON.stringify(name)}`;
}
