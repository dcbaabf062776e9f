import type { OnCallState } from '../../directory/model.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { type Found, ok, type Part, warn } from '../model.ts';

/** A test of the whole page path that somebody acknowledged, at the longest so long ago. */
const provenForMs = 35 * 86_400_000;
/** Who is on call is asked every 10 min. */
const oldAfterMs = 3_600_000;

interface PageTestOptions {
  /** PAGERDUTY_ROUTING_KEY is set. */
  configured: boolean;
  tryOut: boolean;
  last(): Promise<{ last?: TestSeen | undefined; passed?: TestSeen | undefined }>;
  clock: Clock;
}

interface TestSeen {
  n: number;
  state: string;
  startedAt: Date;
  endedAt: Date | undefined;
  reason: string | undefined;
}

/** Whether it was proven lately that a page reaches somebody who acknowledges it. */
export function pageTestPart({ configured, tryOut, last, clock }: PageTestOptions): Part {
  return {
    name: 'page test',
    look: async () => {
      if (!configured) return [ok('nobody can be paged, so nothing is to be proven')];
      const { last: latest, passed } = await last();
      const found: Found[] = [];
      const fix = '`/ops page test`, with whoever is on call told before';
      if (!passed) {
        const never = 'it was never proven that a page reaches somebody';
        found.push(tryOut ? ok(never) : warn(never, fix));
      } else {
        const agoMs = clock.now().getTime() - (passed.endedAt ?? passed.startedAt).getTime();
        const tookMs = (passed.endedAt ?? passed.startedAt).getTime() - passed.startedAt.getTime();
        const said = `last proven ${formatDuration(agoMs)} ago: acknowledged after ${formatDuration(tookMs)}`;
        found.push(agoMs > provenForMs ? warn(said, fix) : ok(said));
      }
      if (latest?.state === 'failed') found.push(warn(`test ${latest.n} failed: ${latest.reason}`, fix));
      return found;
    },
  };
}

interface DirectoryOptions {
  /** PAGERDUTY_API_TOKEN is set. */
  asks: boolean;
  /** How many contacts ops.yml names. */
  contacts: number;
  tryOut: boolean;
  state(): Promise<OnCallState>;
  clock: Clock;
}

/** Whether it is known whom to call when nobody can be paged. */
export function directoryPart({ asks, contacts, tryOut, state, clock }: DirectoryOptions): Part {
  return {
    name: 'directory',
    look: async () => {
      const named = `${contacts} contact${contacts === 1 ? '' : 's'} in ops.yml`;
      if (!asks) {
        const said = `${named}; PAGERDUTY_API_TOKEN is not set, so who is on call is not known`;
        const fix = 'set it, or name on-call under contacts of ops.yml';
        return [contacts > 0 || tryOut ? ok(said) : warn(said, fix)];
      }
      const { answeredAt, problem, people, withPhone } = await state();
      if (answeredAt === undefined) {
        const said = `${named}; who is on call was never asked${problem ? `: ${problem}` : ' so far'}`;
        return [problem ? warn(said, 'see the part pagerduty') : ok(said)];
      }
      const agoMs = clock.now().getTime() - answeredAt.getTime();
      const said = `${named}; ${people} on call, ${withPhone} with a number, as of ${formatDuration(agoMs)} ago`;
      if (problem && agoMs > oldAfterMs) return [warn(`${said}: ${problem}`, 'see the part pagerduty')];
      if (people === 0) return [warn(said, 'fill the schedule in PagerDuty')];
      if (withPhone < people) return [warn(said, "add a phone number to each one's profile in PagerDuty")];
      return [ok(said)];
    },
  };
}

/** Whether severities have the means to reach whom they name. `remarks`: what is amiss, a line each. */
export function reachingPart({ remarks, tryOut }: { remarks: () => Promise<string[]>; tryOut: boolean }): Part {
  return {
    name: 'escalation',
    look: async () => {
      const found = await remarks();
      if (found.length === 0) return [ok('severities can reach everybody whom they name')];
      if (tryOut) return [ok(`in a try-out nothing leaves: ${found.join('; ')}`)];
      return found.map((line) => warn(line, 'set it up (docs/incidents.md#when-nobody-answers), or name another way'));
    },
  };
}
