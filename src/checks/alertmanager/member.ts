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

/** What one member of a cluster says. Each may know other alerts: only silences are passed on between them. */
export type Member = { name: string } & (
  | { kind: 'answered'; alerts: Alert[]; watchdog: boolean | undefined; cluster: string; peers: number }
  /** It can't be reached, which is its own state. */
  | { kind: 'down'; error: string }
);

/** Asks one member. Throws Unmeasured. */
export async function askMember(url: string, probe: Probe<AlertmanagerTarget>): Promise<Member> {
  const { target, signal } = probe;
  const api = await apiAt('Alertmanager', url, target, probe);
  const name = api.url.host;
  const watchdog = target.watchdog === undefined ? [] : [alertsOf(api, [watchdogMatcher(target.watchdog)], signal)];
  const replies = await Promise.all([
    read(api, '/api/v2/status', new URLSearchParams(), status, signal),
    alertsOf(api, target.matchers, signal),
    ...watchdog,
  ]);
  const [state, alerts, heard] = replies;
  const down = replies.find((reply) => 'down' in reply);
  if (down !== undefined || !('read' in state) || !('read' in alerts)) {
    return { name, kind: 'down', error: down && 'down' in down ? down.down : 'no answer' };
  }
  const { cluster } = state.read;
  return {
    ...{ name, kind: 'answered', alerts: alerts.read, cluster: cluster.status, peers: cluster.peers?.length ?? 0 },
    watchdog: heard && 'read' in heard ? heard.read.length > 0 : undefined,
  };
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
): Promise<{ read: T } | { down: string }> {
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
