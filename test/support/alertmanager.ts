import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from './listen.ts';
import { type Instead, send } from './prometheus.ts';

export interface PostedAlert {
  labels: Record<string, string>;
  startsAt: string;
  endsAt: string;
}
interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual: boolean;
}

/** The configuration that a real one gets; the stand-in keeps the same rule: a critical alert keeps its warning quiet. */
export const alertmanagerConfig = `route: {receiver: none}
receivers: [{name: none}]
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [alertname]
`;

/** Alertmanager's API v2: alerts and silences are posted to it as to the real one. */
export class AlertmanagerStandIn {
  readonly asked: string[] = [];
  cluster: unknown = { status: 'disabled', peers: [] };
  instead: Instead | undefined;
  /** Questions that get no answer. */
  hangs: RegExp | undefined;
  readonly #alerts = new Map<string, PostedAlert>();
  readonly #silences: { id: string; matchers: Matcher[] }[] = [];
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    this.url = `http://127.0.0.1:${await listenOn(this.#server)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.asked.push(`${request.method} ${request.url}`);
    if (this.hangs?.test(decodeURIComponent(request.url ?? ''))) return;
    if (request.method === 'GET' && this.instead) return this.instead(response, request);
    const what = `${request.method} ${pathname}`;
    if (what === 'GET /api/v2/status') {
      return send(response, 200, {
        ...{ cluster: this.cluster, config: { original: 'route: …' }, uptime: new Date().toISOString() },
        versionInfo: { version: '0.27.0' },
      });
    }
    if (what === 'GET /api/v2/alerts') return this.#list(searchParams.getAll('filter'), response);
    if (what === 'POST /api/v2/alerts') {
      for (const alert of JSON.parse(body) as PostedAlert[]) this.#alerts.set(fingerprintOf(alert), alert);
      return void response.writeHead(200).end();
    }
    if (what === 'POST /api/v2/silences') {
      const silenceID = `silence-${this.#silences.length + 1}`;
      this.#silences.push({ id: silenceID, matchers: (JSON.parse(body) as { matchers: Matcher[] }).matchers });
      return send(response, 200, { silenceID });
    }
    response.writeHead(404).end('404 page not found\n');
  }

  #list(filters: string[], response: ServerResponse): void {
    const matchers = filters.map(matcherOf);
    const bad = filters.find((_, at) => matchers[at] === undefined);
    if (bad !== undefined) {
      send(response, 400, `bad matcher format: ${bad}`);
      return;
    }
    const firing = [...this.#alerts.values()].filter(({ endsAt }) => Date.parse(endsAt) > Date.now());
    const alerts = firing
      .filter(({ labels }) => matchers.every((matcher) => matcher?.(labels)))
      .map((alert) => {
        const silencedBy = this.#silences.filter(({ matchers: of }) => of.every((one) => holds(one, alert.labels)));
        const inhibitedBy = firing.filter((other) => keepsQuiet(other, alert)).map(fingerprintOf);
        const quiet = silencedBy.length + inhibitedBy.length > 0;
        return {
          ...alert,
          ...{ annotations: {}, receivers: [{ name: 'none' }], updatedAt: alert.startsAt, generatorURL: '' },
          fingerprint: fingerprintOf(alert),
          status: { state: quiet ? 'suppressed' : 'active', silencedBy: silencedBy.map(({ id }) => id), inhibitedBy },
        };
      });
    send(response, 200, alerts);
  }
}

function fingerprintOf({ labels }: PostedAlert): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex').slice(0, 16);
}

function keepsQuiet({ labels: by }: PostedAlert, { labels: of }: PostedAlert): boolean {
  return by.severity === 'critical' && of.severity === 'warning' && by.alertname === of.alertname;
}

function holds({ name, value, isRegex, isEqual }: Matcher, labels: Record<string, string>): boolean {
  const is = isRegex ? new RegExp(`^(?:${value})$`).test(labels[name] ?? '') : (labels[name] ?? '') === value;
  return is === isEqual;
}

function matcherOf(text: string): ((labels: Record<string, string>) => boolean) | undefined {
  const [, name, op, value] = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text) ?? [];
  if (name === undefined || op === undefined || value === undefined) return undefined;
  const matcher = { name, value: JSON.parse(`"${value}"`), isRegex: op.endsWith('~'), isEqual: op.startsWith('=') };
  return (labels) => holds(matcher, labels);
}
