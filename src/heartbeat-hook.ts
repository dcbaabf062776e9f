import type { Check } from './config/model.ts';
import type { Heartbeats } from './heartbeats/heartbeats.ts';
import { Pace } from './heartbeats/pace.ts';
import { readReport, readScan } from './heartbeats/read.ts';
import { type Hearing, Unmeasured } from './kernel/check.ts';
import type { Log } from './kernel/log.ts';
import type { Reveal } from './kernel/secret.ts';
import { isUnavailable } from './store/errors.ts';
import { bringsToken } from './web/bearer.ts';
import type { Answer, Route } from './web/server.ts';

const folder = '/hooks/heartbeat/';
/** Of one job in a minute: several runs with start and end. */
const mostReports = 60;
/** Whoever knocks without a token must not fill the log. */
const mostWarnings = 5;

export interface HeartbeatHook {
  checks: readonly Check[];
  heartbeats: Pick<Heartbeats, 'record'>;
  reveal: Reveal;
  log: Log;
}

/** The ids of checks that wait for reports, and how each hears them. */
function awaitedOf(checks: readonly Check[]): Map<string, Hearing> {
  return new Map(
    checks.flatMap(({ id, definition, target }) => {
      const hearing = definition.hears?.(target);
      return hearing ? [[id, hearing] as const] : [];
    }),
  );
}

/**
 * `POST /hooks/heartbeat/ID`, `…/start`, `…/fail`: jobs elsewhere report their runs. Empty where no check waits for one. An id
 * that isn't configured is refused like a wrong token. A GET is refused: a link that is previewed must report nothing.
 */
export function heartbeatRoutes({ checks, heartbeats, reveal, log }: HeartbeatHook): Record<string, Route> {
  const awaited = awaitedOf(checks);
  const [someone] = awaited.values();
  if (someone === undefined) return {};
  const reports = new Pace(mostReports);
  const warnings = new Pace(mostWarnings);

  /** An unknown id takes the same steps: neither the answer nor its time tells which ids there are. */
  function isAllowed(id: string, authorization: string | undefined): boolean {
    try {
      const brings = bringsToken(authorization, reveal((awaited.get(id) ?? someone!).token));
      return brings && awaited.has(id);
    } catch (error) {
      if (!(error instanceof Unmeasured)) throw error;
      if (warnings.allows('token')) log.warn({ why: error.message }, 'a report of a job was refused');
      return false;
    }
  }

  const report: Route = async (body, { url = '', headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://rounds');
    const [id = '', verb = '', ...more] = pathname.slice(folder.length).split('/');
    if (!isAllowed(id, headers.authorization)) {
      if (warnings.allows('refused')) log.warn('a report of a job had no token, a wrong one, or an unknown id');
      return { status: 401, text: 'unknown id, or the bearer token is missing or wrong\n' };
    }
    if (!reports.allows(id)) return later(429, 60, `more than ${mostReports} reports in a minute`);
    const said = { body: body.toString('utf8'), type: headers['content-type'] };
    const scan = awaited.get(id)?.findings;
    const path = [verb, ...more].join('/');
    const read = scan ? readScan(path, searchParams, { ...said, scan }) : readReport(path, searchParams, said);
    if ('invalid' in read) return { status: 400, text: `not recorded: ${read.invalid}\n` };
    try {
      const isNew = await heartbeats.record(id, read);
      return { status: 200, text: isNew ? `recorded: ${read.what}\n` : `known already: ${read.what}\n` };
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.warn({ check: id, err: error }, 'the database did not take the report of a job: it is to send it again');
      return later(503, 10, 'the database is away');
    }
  };
  return { [`POST ${folder}*`]: report, [`GET ${folder}*`]: onlyPost };
}

const onlyPost: Route = async () => ({ status: 405, headers: { allow: 'POST' }, text: 'report with POST\n' });

/** `curl --retry` does as it is told. */
function later(status: number, seconds: number, why: string): Answer {
  return { status, headers: { 'retry-after': String(seconds) }, text: `not recorded: ${why}; send it again\n` };
}

/** For each check that waits for reports, the line that makes its job report. */
export function heartbeatLines(checks: readonly Check[]): string[] {
  return [...awaitedOf(checks)].map(([id, { token, findings }]) => {
    const curl = `curl -fsS -m 10 --retry 5 -X POST -H "Authorization: Bearer $${token.name}"`;
    const [before, more] = findings ? ['npm audit --json | ', ' --data-binary @-'] : ['', ''];
    return `heartbeat ${id}: its job reports with: ${before}${curl}${more} https://YOUR-HOST${folder}${id}`;
  });
}
