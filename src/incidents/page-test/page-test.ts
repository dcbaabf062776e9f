import { verb } from '../../audit/verb.ts';
import type { JobContext } from '../../jobs/model.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import type { Asker } from '../change.ts';
import { kept } from '../given.ts';
import { pollEveryMs } from '../jobs.ts';
import type { Part } from '../part.ts';
import type { Room } from '../ports.ts';
import { testPageJob, testPatienceMs, testTimers, testWatchJob } from './jobs.ts';
import * as rows from './store.ts';

/** Proves the whole way of a page, to a person's acknowledgement. */
export interface PageTests {
  /** Sends a page that says that it is a test. Throws OpsError `conflict` (one is running), `invalid` (nobody can be paged). */
  start(asker: Asker, channel: string | undefined): Promise<rows.PageTest>;
  last(): ReturnType<typeof rows.lastTests>;
  /** PagerDuty tells that somebody acknowledged it: false = it is no page of a test. */
  heard(dedupKey: string, who: { name: string }): Promise<boolean>;
}

const keyOf = (n: number) => `rounds:test:${n}`;
/** How far PagerDuty's clock may be behind ours. */
const skewMs = 60_000;

export function createPageTests(room: Room): Part & PageTests {
  const { store, clock, jobs, timers, paging, log } = room;

  async function ended(n: number, how: { reason: string } | { who: string }): Promise<void> {
    await store.transaction<unknown, void>(async (tx) => {
      const at = clock.now();
      const over = { at, state: 'who' in how ? ('passed' as const) : ('failed' as const), ...how };
      if (!(await rows.setEnded(tx, n, over))) return;
      const test = (await rows.testNumbered(tx, n))!;
      await timers.cancelAll(tx, testTimers(n));
      await jobs.enqueue(tx, testPageJob, { n, action: 'resolve' }, { key: `${n}:resolve` });
      const { channel } = test;
      const lines = [testWords(test), ...('who' in how ? [] : ['A page of an incident would have ended like it'])];
      await room.announce(tx, {
        ...{ key: `page-test/${n}/${at.toISOString()}`, lines: lines as [string, ...string[]] },
        ...(channel !== undefined && { channel }),
      });
    });
    jobs.hurry();
  }

  async function send(n: number, action: 'trigger' | 'resolve', { signal, stillMine }: JobContext): Promise<void> {
    const test = await rows.testNumbered(store.db(), n);
    if (!test || (action === 'trigger' && test.state !== 'sending')) return;
    if (paging.routingKey === undefined) {
      return action === 'trigger' ? ended(n, { reason: 'PAGERDUTY_ROUTING_KEY is not set' }) : undefined;
    }
    if (!(await stillMine())) return;
    const dedupKey = keyOf(n);
    const summary = `TEST ${n} of Rounds: please acknowledge. Nothing is wrong`;
    const trigger = { action: 'trigger', dedupKey, summary, source: 'Rounds', severity: 'critical' } as const;
    try {
      await paging.events.send(paging.routingKey, action === 'trigger' ? trigger : { action, dedupKey }, signal);
    } catch (error) {
      if (action !== 'trigger' || !(error instanceof PortError) || error.reason === 'stopped') throw error;
      if (!error.retryable) return ended(n, { reason: error.message });
      await rows.setTestReason(store.db(), n, error.message);
      throw error;
    }
    if (action === 'resolve') return;
    await store.transaction<unknown, void>(async (tx) => {
      if ((await rows.setAccepted(tx, n, clock.now())) && paging.incidents) await lookAgain(tx, n);
    });
  }

  async function lookAgain(tx: Parameters<typeof timers.set>[0], n: number): Promise<void> {
    const dueAt = new Date(clock.now().getTime() + pollEveryMs);
    await timers.set(tx, { key: `${testTimers(n)}poll`, dueAt, kind: testWatchJob, data: { n, what: 'poll' } });
  }

  async function look(n: number, what: 'poll' | 'over', signal: AbortSignal): Promise<void> {
    const test = await rows.testNumbered(store.db(), n);
    if (!test || test.endedAt) return;
    try {
      const found = await paging.incidents?.find(keyOf(n), signal);
      const who = found?.acknowledgedBy ?? found?.resolvedBy;
      // One of another database had the same number.
      if (found && who && found.at.getTime() > test.startedAt.getTime() - skewMs) return ended(n, { who: who.name });
      if (test.state === 'accepted' && (await paging.onCalls?.isAnybody(paging.policies, signal)) === false)
        return ended(n, { reason: 'PagerDuty accepted it, and nobody is on call' });
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      log.warn({ err: error, test: n }, 'whether the test page was acknowledged is not known');
    }
    if (what === 'over') {
      const reason = test.state === 'accepted' ? undefined : test.reason;
      return ended(n, { reason: reason ?? `nobody acknowledged it within ${formatDuration(testPatienceMs)}` });
    }
    await store.transaction<unknown, void>((tx) => lookAgain(tx, n));
  }

  return {
    async start(asker, channel) {
      if (paging.routingKey === undefined)
        throw new OpsError('invalid', 'Nobody can be paged: PAGERDUTY_ROUTING_KEY is not set');
      const test = await verb<unknown, rows.PageTest>(
        { store, clock },
        { actor: asker.by.id, request: asker.request },
        async (tx) => {
          const at = clock.now();
          const made = await rows.insertTest(tx, { at, by: asker.by, channel });
          if (!made)
            throw new OpsError('conflict', 'A test page is out already', { hint: '`/ops page` says how it is' });
          const { n } = made;
          await jobs.enqueue(tx, testPageJob, { n, action: 'trigger' }, { key: `${n}:trigger` });
          const dueAt = new Date(at.getTime() + testPatienceMs);
          const data = { n, what: 'over' as const };
          await timers.set(tx, { key: `${testTimers(n)}over`, dueAt, kind: testWatchJob, data });
          return { result: made, audit: [{ action: 'page.test', target: `page-test/${n}` }] };
        },
      );
      jobs.hurry();
      return test;
    },
    last: () => rows.lastTests(store.db()),
    async heard(dedupKey, who) {
      const n = /^rounds:test:(\d{1,15})$/.exec(dedupKey)?.[1];
      if (n === undefined) return false;
      await ended(Number(n), { who: kept(who.name, 200) });
      return true;
    },
    register(queue) {
      queue.handle(testPageJob, ({ n, action }, context) => send(n, action, context));
      queue.handle(testWatchJob, ({ n, what }, { signal }) => look(n, what, signal));
    },
  };
}

/** How a test stands, or ended; plain text. Pure. */
export function testWords({ n, state, reason, startedAt, endedAt, acknowledgedBy }: rows.PageTest): string {
  const took = endedAt && formatDuration(endedAt.getTime() - startedAt.getTime());
  switch (state) {
    case 'sending':
      return `⏳ Page test ${n}: not accepted by PagerDuty yet${reason ? `: ${reason}` : ''}`;
    case 'accepted':
      return `⏳ Page test ${n}: PagerDuty has it, nobody has acknowledged yet`;
    case 'passed':
      return `✅ Page test ${n} passed: ${acknowledgedBy} acknowledged after ${took}`;
    case 'failed':
      return `🔴 Page test ${n} failed after ${took}: ${reason}`;
  }
}
