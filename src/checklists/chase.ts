import type { JobHandler } from '../jobs/model.ts';
import { PortError } from '../kernel/errors.ts';
import { isHomeless } from '../posting/failures.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import { chaseAt, chasing } from './due.ts';
import { planChase, remindJob, showJob } from './jobs.ts';
import { isLeft, isOver, type Run } from './model.ts';
import { ownerInSlack } from './owner.ts';
import type { ChecklistPort, ChecklistPorts } from './ports.ts';
import * as rows from './rows.ts';
import { remindPost } from './views/remind.ts';

const mostMentions = 5;

/** Decides whether people are reminded of a run now; the same reminder is given once, however often this runs. */
export function chaseHandler(ports: ChecklistPorts): JobHandler<{ id: number }> {
  const { store, clock, jobs, team } = ports;
  return async ({ id }) => {
    await store.transaction<unknown, void>(async (tx) => {
      const run = await rows.lockRun(tx, id);
      if (!run) return;
      const now = clock.now();
      const decision = chasing(run, now, team);
      if (decision.kind === 'over') return;
      await planChase(tx, run, ports, decision.next);
      if (decision.kind !== 'chase') return;
      await rows.setChased(tx, id, decision.chased);
      const n = decision.chased;
      await jobs.enqueue(tx, remindJob, { id, n, since: now.toISOString() }, { key: `${id}:${n}` });
    });
  };
}

/** Says in the thread of a run that it is overdue, to whoever has to do something; nothing once it is over. */
export function remindHandler(
  ports: ChecklistPorts,
  slack: ChecklistPort,
): JobHandler<{ id: number; n: number; since: string }> {
  const { store, clock, jobs } = ports;
  return async ({ id, n, since }, ctx) => {
    const run = await rows.findRun(store.db(), id);
    if (!run || isOver(run)) return;
    if (!run.message) {
      if (run.channel === undefined && ports.fallbackChannel === undefined) return;
      throw new PortError('not_posted_yet', 'the message of the checklist is not there yet', { retryable: true });
    }
    const { channel, ts } = run.message;
    const post = remindPost(run, await mentionsOf(run, slack, ports), { now: clock.now(), next: chaseAt(run, n) });
    const key = `checklist:${id}:remind:${n}`;
    const once = { slack, ctx, ledger: ledgerOf(store, `checklist/${id}`) };
    try {
      await postOnce({ channel, threadTs: ts, key, post }, new Date(since), once);
    } catch (error) {
      if (!isHomeless(error) && !(error instanceof PortError && error.reason === 'thread_not_found')) throw error;
      // The message is gone, or its channel: it must stand elsewhere before anything can be said below it.
      await store.transaction<unknown, void>(async (tx) => {
        await rows.setOutdated(tx, id);
        await jobs.enqueue(tx, showJob, { id });
      });
      throw error;
    }
  };
}

/** Whoever has to do something: the owners of what is open, else whoever attests; by name where they can't be mentioned. */
async function mentionsOf(run: Run, slack: ChecklistPort, ports: ChecklistPorts) {
  const owners = run.items.filter(isLeft).map(({ item }) => item.owner ?? run.plan.owner);
  const named = [...new Set(owners.length > 0 ? owners : [run.plan.owner])].filter((each) => each !== undefined);
  return Promise.all(
    named.slice(0, mostMentions).map(async (name) => {
      const inSlack = ownerInSlack(name, ports);
      return { name, mention: inSlack === undefined ? undefined : await slack.mentionOf(inSlack) };
    }),
  );
}
