import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from './listen.ts';
import { type Instead, send } from './prometheus.ts';

const day = 86_400_000;

type Json = Record<string, unknown>;
export interface StoredIncident extends Json {
  id: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  created_at: string;
  resolved_at: string | null;
  service: { id: string; summary: string };
  teams: { id: string }[];
}

/** PagerDuty's REST API: lists of incidents and log entries with its filters, orders and pages; services and teams by id. */
export class PagerDutyStandIn {
  readonly token = 'read-only-key';
  readonly asked: string[] = [];
  readonly incidents: StoredIncident[] = [];
  readonly log: (Json & { created_at: string })[] = [];
  readonly services = new Map<string, Json>();
  readonly teams = new Set<string>();
  /** In the place of an answer, for paths that begin so. */
  instead: { path: string; answer: Instead } | undefined;
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    this.asked.push(request.url ?? '');
    if (this.instead && pathname.startsWith(this.instead.path)) {
      this.instead.answer(response, request);
    } else if (request.headers.authorization !== `Token token=${this.token}`) {
      send(response, 401, { error: { code: 2006, message: 'Authentication failed' } });
    } else if (pathname === '/incidents') {
      this.#list(response, 'incidents', this.#incidents(query), query);
    } else if (pathname === '/log_entries') {
      const found = this.log.filter((entry) => inside(entry.created_at, query, day * 30));
      this.#list(response, 'log_entries', query.get('is_overview') === 'false' ? found : [], query);
    } else if (pathname === '/services') {
      const all = [...this.services].map(([id, service]) => ({ id, ...service }));
      this.#list(response, 'services', all, query);
    } else {
      const [, kind, id = ''] = pathname.split('/');
      const service = kind === 'services' ? this.services.get(id) : undefined;
      if (service) send(response, 200, { service: { id, ...service } });
      else if (kind === 'teams' && this.teams.has(id)) send(response, 200, { team: { id, summary: id } });
      else send(response, 404, { error: { code: 2100, message: 'Not Found' } });
    }
  }

  #incidents(query: URLSearchParams): StoredIncident[] {
    const [statuses, services, teams] = ['statuses[]', 'service_ids[]', 'team_ids[]'].map((name) => query.getAll(name));
    const [field = 'created_at', direction = 'asc'] = (query.get('sort_by') ?? '').split(':');
    const key = (one: StoredIncident) => Date.parse(String(one[field || 'created_at'] ?? one.created_at));
    return this.incidents
      .filter(({ status }) => statuses!.length === 0 || statuses!.includes(status))
      .filter(({ service }) => services!.length === 0 || services!.includes(service.id))
      .filter(({ teams: of }) => teams!.length === 0 || of.some(({ id }) => teams!.includes(id)))
      .filter((one) => query.get('date_range') === 'all' || inside(one.created_at, query, 30 * day))
      .toSorted((a, b) => (direction === 'desc' ? key(b) - key(a) : key(a) - key(b)));
  }

  #list(response: ServerResponse, name: string, all: unknown[], query: URLSearchParams): void {
    const [limit, offset] = [Number(query.get('limit') ?? 25), Number(query.get('offset') ?? 0)];
    if (!(limit >= 1 && limit <= 100) || offset + limit > 10_000) {
      send(response, 400, { error: { code: 2001, message: 'Invalid Input Provided', errors: ['Limit is invalid.'] } });
      return;
    }
    const more = offset + limit < all.length;
    send(response, 200, { [name]: all.slice(offset, offset + limit), limit, offset, more, total: null });
  }
}

/** By the beginning; without `since` the last 30 days. */
function inside(at: string, query: URLSearchParams, otherwiseMs: number): boolean {
  const since = Date.parse(query.get('since') ?? new Date(Date.now() - otherwiseMs).toISOString());
  const until = Date.parse(query.get('until') ?? new Date(Date.now() + day).toISOString());
  return Date.parse(at) >= since && Date.parse(at) <= until;
}
