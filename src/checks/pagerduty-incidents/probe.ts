import pLimit from 'p-limit';
import { type Facts, type Measurement, type Probe, Unmeasured, type UnmeasuredReason } from '../../kernel/check.ts';
import { PortError } from '../../kernel/errors.ts';
import { cleanText } from '../facts/text.ts';
import { openFacts, serviceFacts, windowFacts } from './facts.ts';
import type { PagerDutyTarget } from './params.ts';
import { type Found, type Incident, type Reader, readerOf } from './read.ts';

/** How many questions are under way at once: PagerDuty counts them. */
const atOnce = 5;

/**
 * Throws Unmeasured without the open incidents: PagerDuty is asked about incidents, so its own trouble tells nothing about
 * them. What else is refused, or late, hides no open one: it is null and told in `unread`.
 */
export async function probePagerDuty(probe: Probe<PagerDutyTarget>): Promise<Measurement> {
  const { target, clock, reveal, signal, partsSignal } = probe;
  const access = { url: target.api_url, token: reveal(target.token) };
  const reader = readerOf(target, access, signal);
  const beside = readerOf(target, access, partsSignal);
  const now = clock.now();
  const from = new Date(now.getTime() - target.since);
  const readable = <T>(work: Promise<T>) => work.catch((error: unknown) => unmeasured(error, target));
  const [open, known, resolved, log] = await Promise.all([
    readable(reader.open()),
    readable(knownOf(beside, target)),
    readable(beside.resolvedSince(from, now)),
    target.pages ? readable(beside.notified(from, now)) : undefined,
  ]);
  if (open instanceof Unmeasured) throw open;
  if (!open.whole) {
    throw new Unmeasured('too_large', `PagerDuty has more than ${open.items.length} open incidents`, {
      next: 'name services or teams, and resolve what is over',
    });
  }
  // Nothing found says nothing when it is not proven that there is something to find.
  if (known instanceof Unmeasured && open.items.length === 0) throw known;
  const unread = Object.entries({ 'services and teams': known, 'what was resolved': resolved, pages: log })
    .filter((part): part is [string, Unmeasured] => part[1] instanceof Unmeasured)
    .map(([what, why]) => `${what} (${why.message}${why.next ? ` → ${why.next}` : ''})`);
  const services = known instanceof Unmeasured ? null : known;
  const facts = {
    ...openFacts(open.items, target, now.getTime()),
    ...windowFacts(orNull(resolved), orNull(log), onlyOf(target, open, orNull(resolved))),
    ...serviceFacts(services),
  };
  return { facts: { ...(services ? facts : atLeast(facts)), unread } };
}

function orNull<T>(part: T | Unmeasured): T | null {
  return part instanceof Unmeasured ? null : part;
}

/** Whose pages count; null = all. The log can't be filtered by service, and teams are filtered there already. */
function onlyOf({ services }: PagerDutyTarget, open: Found<Incident>, resolved: Found<Incident> | null) {
  return services.length === 0 ? null : new Set([...open.items, ...(resolved?.items ?? [])].map(({ id }) => id));
}

/** Where it is not proven that all was looked at, what was found is there, and nothing found is not known. */
function atLeast(facts: Facts): Facts {
  const none = (value: unknown) => value === 0 || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, none(value) ? null : value]));
}

/**
 * The services, and proof that there is something to find: all ids exist, and a key that is limited to nothing is told from
 * an account at rest.
 */
async function knownOf(reader: Reader, { services, teams, token }: PagerDutyTarget) {
  if (services.length + teams.length === 0 && !(await reader.seesService())) {
    throw new Unmeasured('empty', `the key ${token.name} sees no service in PagerDuty`, {
      next: 'make a REST API key that may read the services that matter',
    });
  }
  const limit = pLimit(atOnce);
  const proven = <T>(kind: string, id: string, ask: (id: string) => Promise<T>) =>
    limit(() => ask(id)).catch((error: unknown) => {
      if (!(error instanceof PortError) || !/\b404\b/.test(error.message)) throw error;
      throw new Unmeasured('misconfigured', `PagerDuty has no ${kind} ${id}, or the key may not read it`, {
        next: `correct ${kind}s: the id is in the address of its page`,
      });
    });
  const [found] = await Promise.all([
    Promise.all(services.map((id) => proven('service', id, reader.service))),
    Promise.all(teams.map((id) => proven('team', id, reader.team))),
  ]);
  return found;
}

const reasons: Record<string, UnmeasuredReason> = {
  timeout: 'timeout',
  stopped: 'timeout',
  unreachable: 'unreachable',
  unavailable: 'unreachable',
  invalid_answer: 'invalid_answer',
  rate_limited: 'throttled',
  unauthorized: 'denied',
  refused: 'misconfigured',
};

const steps: Partial<Record<UnmeasuredReason, string>> = {
  timeout: 'raise timeout',
  unreachable: 'look at https://status.pagerduty.com, and at the network',
  invalid_answer: 'check api_url',
  throttled: 'ask less often: raise every',
  misconfigured: 'check services and teams',
};

/** Throws what is no answer of PagerDuty's. */
function unmeasured(error: unknown, { token }: PagerDutyTarget): Unmeasured {
  if (error instanceof Unmeasured) return error;
  if (!(error instanceof PortError)) throw error;
  const reason = reasons[error.reason] ?? 'error';
  if (reason === 'denied') {
    const next = `make a new REST API key (read-only suffices), and set ${token.name}`;
    return new Unmeasured('denied', `PagerDuty refuses the key ${token.name}`, { next });
  }
  const what = error.reason === 'stopped' ? 'PagerDuty did not answer in time' : error.message;
  const next = steps[reason];
  return new Unmeasured(reason, cleanText(what, 300), { ...(next !== undefined && { next }), cause: error });
}
