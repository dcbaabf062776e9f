import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '../kernel/errors.ts';
import type { Database } from './database.ts';
import { refusal } from './guard.ts';
import type { Switches } from './switches.ts';

export interface ApiOptions {
  switches: Switches;
  database: Pick<Database, 'query' | 'started'>;
  startedAt: Date;
}

/** How long the API waits for its database, which may be starting or busy. */
const patienceMs = 3_000;

type Answer = [status: number, body: unknown];

/** The clinic's API: its health, its figures, and `POST /break/<switch>`, `/repair/<switch>`, `/repair`. */
export function clinicApi(options: ApiOptions): RequestListener {
  return (request, response) => {
    request.resume();
    const stranger = refusal(request);
    if (stranger) return send(response, [stranger.status, { error: stranger.error }]);
    const answer = request.method === 'POST' ? change(request, options.switches) : show(request, options);
    answer.catch(refused).then((given) => send(response, given));
  };
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function refused(error: unknown): Answer {
  if (!(error instanceof OpsError)) return [500, { error: String(error) }];
  return [error.code === 'not_found' ? 404 : 500, { error: error.message, hint: error.hint }];
}

async function change({ url = '/' }: IncomingMessage, switches: Switches): Promise<Answer> {
  const [, verb, id] = url.split('/');
  if (verb === 'break' && id) await switches.set(id, true);
  else if (verb === 'repair' && id) await switches.set(id, false);
  else if (verb === 'repair') await switches.repairAll();
  else return [404, { error: 'POST /break/<switch>, /repair/<switch> or /repair', switches: helpOf(switches) }];
  return [200, { broken: broken(switches).map(({ help }) => help) }];
}

async function show({ url }: IncomingMessage, { switches, database, startedAt }: ApiOptions): Promise<Answer> {
  if (switches.isOn('slow')) await pause(2_500);
  if (!url?.startsWith('/api/')) {
    return [200, { clinic: 'demo', switches: helpOf(switches), broken: broken(switches).map(({ id }) => id) }];
  }
  if (switches.isOn('api')) return [503, { status: 'unavailable' }];
  if (url === '/api/health') {
    const { state } = await ask(switches, () => database.started());
    const status = state === 'connected' ? 'healthy' : 'degraded';
    return [200, { status, database: state, redis: 'connected' }];
  }
  if (url !== '/api/health/metrics') return [404, { error: 'There is /api/health and /api/health/metrics' }];
  const { state, answer } = await ask(switches, () => database.query(failedLastHour));
  return [
    200,
    {
      system: { startedAt },
      business: { patients: { active: 1284 } },
      security: { failedAuth: { lastHour: answer?.[0]?.failed ?? null } },
      database: { connected: state === 'connected', latency: switches.isOn('slow') ? 240 : 4 },
    },
  ];
}

const failedLastHour = `select count(*)::int as failed from audit_logs
  where action = 'LOGIN_FAILED' and timestamp >= now() - interval '1 hour'`;

interface Asked<T> {
  state: 'connected' | 'disconnected' | 'not answering';
  answer?: T;
}

/** What the API's database answers, and how the API calls that. */
async function ask<T>(switches: Switches, question: () => Promise<T>): Promise<Asked<T>> {
  if (switches.isOn('database')) return { state: 'disconnected' };
  const given = new AbortController();
  const late = pause(patienceMs, undefined, { signal: given.signal }).then(
    (): Asked<T> => ({ state: 'not answering' }),
    (): Asked<T> => ({ state: 'connected' }),
  );
  const answered = question().then(
    (answer): Asked<T> => ({ state: 'connected', answer }),
    (): Asked<T> => ({ state: 'disconnected' }),
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    given.abort();
  }
}

function broken(switches: Switches) {
  return switches.all().filter(({ on }) => on);
}

function helpOf(switches: Switches): Record<string, string> {
  return Object.fromEntries(switches.all().map(({ id, help }) => [id, help]));
}
