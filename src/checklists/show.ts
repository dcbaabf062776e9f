import { searchAudit } from '../audit/search.ts';
import type { JobContext, JobHandler } from '../jobs/model.ts';
import { isDeleted, isHomeless, triedAgain } from '../posting/failures.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce } from '../posting/post-once.ts';
import { endings, isOver, type Run, targetOf } from './model.ts';
import type { ChecklistPort, ChecklistPorts } from './ports.ts';
import * as rows from './rows.ts';
import { runPost } from './views/message.ts';

/**
 * Posts the one message of a run, and edits it until it shows how things stand. Where its channel is missing or archived it is
 * posted in the fallback one, which says why.
 */
export function showHandler(ports: ChecklistPorts, slack: ChecklistPort): JobHandler<{ id: number }> {
  const { store, clock, log, fallbackChannel } = ports;
  return async ({ id }, ctx) => {
    const found = await rows.findRun(store.db(), id);
    if (!found || (found.message && found.shown >= found.version)) return;
    const run = await withProof(found, ports);
    if (run.message) {
      try {
        await slack.update({ ...run.message, post: postOf(run), patienceMs: 1_000 });
        return rows.setShown(store.db(), run, run.message);
      } catch (error) {
        // Its channel may be gone since: then it stands elsewhere from now on.
        if (!isDeleted(error) && !isHomeless(error)) throw triedAgain(error);
      }
    }
    const at = await postIn(run, ctx);
    if (!at) return;
    // One that was posted before somebody could write that down says how things stood then.
    if (at.earlier) await slack.update({ ...at, post: postOf(run), patienceMs: 1_000 });
    await rows.setShown(store.db(), run, at);
  };

  function postOf(run: Run) {
    return runPost(run, clock.now());
  }

  async function postIn(run: Run, ctx: JobContext) {
    const [first, second] = [...new Set([run.channel, fallbackChannel].filter((each) => each !== undefined))];
    if (first === undefined) return undefined;
    // One that was deleted is posted anew, as another message.
    const key = `checklist:${run.id}${run.message ? `:after:${run.message.ts}` : ''}`;
    const once = { slack, ctx, ledger: ledgerOf(store, `checklist/${run.id}`) };
    const post = (channel: string, shown: Run) => postOnce({ channel, key, post: postOf(shown) }, run.begunAt, once);
    try {
      const at = await post(first, { ...run, channelProblem: undefined });
      if (run.channelProblem !== undefined) await rows.setChannelProblem(store.db(), run.id, undefined);
      return at;
    } catch (error) {
      if (!isHomeless(error)) throw error;
      await rows.setChannelProblem(store.db(), run.id, error.reason);
      log.warn(
        { err: error, checklist: run.name, run: run.id, channel: first },
        'a checklist has no channel to stand in',
      );
      if (second === undefined) throw triedAgain(error);
      return post(second, { ...run, channelProblem: error.reason });
    }
  }
}

/** Of one that is over: the row of the audit that says so, whose hash its message shows. */
async function withProof(run: Run, { store }: ChecklistPorts): Promise<Run> {
  if (!isOver(run) || run.proof || !run.ended) return run;
  const { rows: found } = await searchAudit(store, { target: targetOf(run), since: run.begunAt, limit: 50 });
  const last = found.find(({ recorded }) => recorded?.target === targetOf(run) && endings.has(recorded.action));
  if (!last) return run;
  const proof = { seq: last.seq, hash: last.hash };
  await rows.setProof(store.db(), run.id, proof);
  return { ...run, proof };
}
