import type { AuditEntry } from '../audit/model.ts';
import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Tx } from '../store/store.ts';
import { planChase, showJob } from './jobs.ts';
import { type By, isLeft, isOver, type Run, rounds, targetOf } from './model.ts';
import type { ChecklistPorts } from './ports.ts';
import * as rows from './rows.ts';

/** Who does something to a run; `request` names it in the audit and in the log. */
export interface Asker {
  by: By;
  request: string;
}

/** What was decided on a run as it stood. No audit = nothing was changed. */
export interface Decided<K extends string> {
  kind: K;
  audit: Omit<AuditEntry, 'target'>[];
  /** It is over from now on. */
  ended?: { state: 'finished' | 'closed'; reason: string };
}

/**
 * One transaction: the run locked, what is decided on it, the state that follows, its audit, and the job that brings its message up
 * to date. Throws OpsError `not_found`, `unavailable`.
 */
export async function changeRun<K extends string>(
  asker: Asker,
  id: number,
  ports: ChecklistPorts,
  decide: (tx: Tx, run: Run, at: Date) => Promise<Decided<K>>,
): Promise<{ kind: K; run: Run }> {
  const { store, clock, jobs } = ports;
  const done = await verb<unknown, { kind: K; run: Run }>(
    { store, clock },
    { actor: asker.by.id, request: asker.request },
    async (tx) => {
      const before = await rows.lockRun(tx, id);
      if (!before) throw new OpsError('not_found', `There is no run ${id}`, { hint: '`/ops checklist` lists them' });
      const at = clock.now();
      const { kind, audit, ended } = await decide(tx, before, at);
      const target = targetOf(before);
      const entries: AuditEntry[] = audit.map((entry) => ({ ...entry, target }));
      if (entries.length === 0) return { result: { kind, run: before }, audit: [] };
      const reached = await settle(tx, (await rows.findRun(tx, id))!, { at, by: asker.by, ended });
      if (reached === 'done') entries.push({ action: 'checklist.done', target });
      const run = (await rows.findRun(tx, id))!;
      await planChase(tx, run, ports);
      await jobs.enqueue(tx, showJob, { id });
      return { result: { kind, run }, audit: entries };
    },
  );
  jobs.hurry();
  return done;
}

/** The state that follows from its items, unless it ends. */
async function settle(
  tx: Tx,
  run: Run,
  { at, by, ended }: { at: Date; by: By; ended: Decided<string>['ended'] },
): Promise<'done' | 'same'> {
  const { id, plan, doneAt } = run;
  if (ended) {
    await rows.setState(tx, id, { state: ended.state, doneAt, ended: { at, by, reason: ended.reason } });
    return 'same';
  }
  const isDone = !run.items.some(isLeft);
  const over = isDone && !plan.attest ? { at, by: rounds, reason: '' } : undefined;
  const state = over ? ('finished' as const) : isDone ? ('done' as const) : ('open' as const);
  const same = state === run.state;
  await rows.setState(tx, id, { state, doneAt: isDone ? (doneAt ?? at) : undefined, ended: over });
  return isDone && !same ? 'done' : 'same';
}

/** Throws OpsError `conflict` when it is over: nothing can be changed then. */
export function refuseOver(run: Run): void {
  if (!isOver(run)) return;
  const how = run.state === 'closed' ? 'closed' : 'done and over';
  throw new OpsError('conflict', `${run.plan.title} (run ${run.id}) is ${how}`, {
    hint: `\`/ops checklist ${run.name}\` begins the next one`,
  });
}
