import pLimit from 'p-limit';
import { type Measurement, type Probe, Unmeasured, type UnmeasuredReason } from '../../kernel/check.ts';
import { PortError } from '../../kernel/errors.ts';
import { cleanText } from '../facts/text.ts';
import { openFacts, serviceFacts, windowFacts } from './facts.ts';
import type { PagerDutyTarget } from './params.ts';
import { type Reader, readerOf } from './read.ts';

/** How many questions are under way at once: PagerDuty counts them. */
const atOnce = 5;

/** Throws Unmeasured: PagerDuty is asked about incidents, so its own trouble tells nothing about them. */
export async function probePagerDuty(probe: Probe<PagerDutyTarget>): Promise<Measurement> {
  const { target, clock, reveal, signal } = probe;
  const reader = readerOf(target, { url: target.api_url, token: reveal(target.token) }, signal);
  const now = clock.now();
  const from = new Date(now.getTime() - target.since);
  try {
    const [known, open, resolved, log] = await Promise.all([
      knownOf(reader, target),
      reader.open(),
      reader.resolvedSince(from, now),
      target.pages ? reader.notified(from, now) : undefined,
    ]);
    if (!open.whole) {
      throw new Unmeasured('too_large', `PagerDuty has more than ${open.items.length} open incidents`, {
        next: 'name services or teams, and resolve what is over',
      });
    }
    // The log can't be filtered by service, and teams are filtered there already.
    const only =
      target.services.length === 0 ? undefined : new Set([...open.items, ...resolved.items].map(({ id }) => id));
    return {
      facts: {
        ...openFacts(open.items, target, now.getTime()),
        ...windowFacts(resolved, log, only),
        ...serviceFacts(known),
      },
    };
  } catch (error) {
    if (error instanceof PortError) throw unmeasured(error, target);
    throw error;
  }
}

/** The services, and proof that all ids exist: a filter by one that doesn't finds nothing, which looks healthy. */
async function knownOf(reader: Reader, { services, teams }: PagerDutyTarget) {
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

function unmeasured(error: PortError, { token }: PagerDutyTarget): Unmeasured {
  const reason = reasons[error.reason] ?? 'error';
  if (reason === 'denied') {
    const next = `make a new REST API key (read-only suffices), and set ${token.name}`;
    return new Unmeasured('denied', `PagerDuty refuses the key ${token.name}`, { next });
  }
  const what = error.reason === 'stopped' ? 'PagerDuty did not answer in time' : error.message;
  const next = steps[reason];
  return new Unmeasured(reason, cleanText(what, 300), { ...(next !== undefined && { next }), cause: error });
}
