import { verb } from '../audit/verb.ts';
import { echo } from '../kernel/echo.ts';
import { OpsError } from '../kernel/errors.ts';
import { kept } from '../kernel/kept.ts';
import { nearest } from '../kernel/nearest.ts';
import { type Asker, changeRun, type Decided, refuseOver } from './change.ts';
import { changedItem, type ItemChange, type ItemDecision, isDespite } from './decide.ts';
import { dueOf, zoneOf } from './due.ts';
import { measureJob, planChase, showJob } from './jobs.ts';
import { type Checklist, isLeft, progressOf, type Run, type RunItem, targetOf } from './model.ts';
import { planDigest } from './plan-digest.ts';
import type { ChecklistPorts } from './ports.ts';
import * as rows from './rows.ts';

const shortestReason = 5;
const longestReason = 500;

/** The checklist of this name as its file says now. Throws OpsError `not_found`. */
export function checklistNamed(name: string, { files }: Pick<ChecklistPorts, 'files'>): Checklist {
  const all = files.all();
  const found = all.get(name.toLowerCase());
  if (found) return found.checklist;
  const close = nearest(name.toLowerCase(), [...all.keys()]);
  throw new OpsError('not_found', `There is no checklist "${echo(name)}"`, {
    hint: close ? `Did you mean ${close}?` : '`/ops checklist` lists them',
  });
}

/**
 * Begins a run, once for each slot; on demand only when none is open. `asked`: where it was asked for, when no channel is
 * configured. Throws OpsError `not_found`.
 */
export async function beginRun(
  asker: Asker,
  { name, slot, asked }: { name: string; slot?: Date; asked?: string | undefined },
  ports: ChecklistPorts,
): Promise<{ kind: 'begun' | 'open'; run: Run }> {
  const plan = checklistNamed(name, ports);
  const { store, clock, jobs, team } = ports;
  const begun = await verb<unknown, { kind: 'begun' | 'open'; run: Run } | undefined>(
    { store, clock },
    { actor: asker.by.id, request: asker.request },
    async (tx) => {
      if (slot === undefined) {
        const run = (await rows.openRuns(tx, plan.id)).at(-1);
        if (run) return { result: { kind: 'open', run }, audit: [] };
      }
      const at = clock.now();
      const dueAt = dueOf(plan, slot ?? at, zoneOf(plan, team));
      const channel = plan.channel ?? ports.channel ?? asked;
      const id = await rows.insertRun(tx, { plan, slot, at, by: asker.by, dueAt, channel });
      if (id === undefined) return { result: undefined, audit: [] };
      const run = (await rows.findRun(tx, id))!;
      await jobs.enqueue(tx, showJob, { id });
      await jobs.enqueue(tx, measureJob, { id, since: at.toISOString() });
      await planChase(tx, run, ports);
      const after = { run: id, slot, due: dueAt, items: plan.items.length, planSha256: planDigest(plan) };
      return { result: { kind: 'begun', run }, audit: [{ action: 'checklist.begin', target: targetOf(run), after }] };
    },
  );
  jobs.hurry();
  if (begun) return begun;
  // Somebody began it at the same moment.
  const [run] = (await rows.runsOf(store.db(), plan.id, 20)).filter((each) => each.slot?.getTime() === slot?.getTime());
  return { kind: 'open', run: run! };
}

/** What became of each item that was to be changed. */
export type Changed =
  | ({ n: number; item: RunItem } & Exclude<ItemDecision, { kind: 'changed' }>)
  | { n: number; item: RunItem; kind: 'changed' };

/** Changes items, all in one transaction; what somebody else did meanwhile stays. Throws OpsError `conflict` when the run is over. */
export async function changeItems(
  asker: Asker,
  { id, changes }: { id: number; changes: readonly ItemChange[] },
  ports: ChecklistPorts,
): Promise<{ run: Run; changed: Changed[] }> {
  const changed: Changed[] = [];
  const { run } = await changeRun(asker, id, ports, async (tx, before, at): Promise<Decided<'changed'>> => {
    refuseOver(before);
    const audit: Decided<'changed'>['audit'] = [];
    for (const change of changes) {
      const item = before.items.find(({ n }) => n === change.n);
      if (!item) throw noItem(before, change.n);
      const decision = changedItem(item, change, { by: asker.by, at });
      if (decision.kind !== 'changed') {
        changed.push({ n: item.n, item, ...decision });
        continue;
      }
      const { to, action } = decision;
      await rows.setItem(tx, { id, n: item.n, expected: item.state }, to);
      changed.push({ n: item.n, item: { ...item, ...to }, kind: 'changed' });
      audit.push({ action, ...auditOf(item, to, action) });
    }
    return { kind: 'changed', audit };
  });
  return { run, changed };
}

function auditOf(
  { n, item, result, state, by, note, link }: RunItem,
  to: Pick<RunItem, 'note' | 'link'>,
  action: string,
) {
  const despite = action === 'checklist.tick' && isDespite(result) ? { despite: result.words } : {};
  const words = { ...(to.note !== '' && { note: to.note }), ...(to.link !== '' && { link: to.link }) };
  return {
    // What is taken back or overwritten stands nowhere else any more.
    ...((state !== 'open' || note !== '' || link !== '') && { before: { state, by: by?.id, note, link } }),
    after: { item: item.id, n, ...words, ...despite },
    ...(action === 'checklist.leave_out' && { reason: to.note }),
  };
}

export function noItem({ plan, items }: Run, n: number): OpsError {
  return new OpsError('not_found', `${plan.title} has no item ${n}`, { hint: `Its items are 1 to ${items.length}` });
}

/** Its owner says that it was done. Whether the asker is one is asked before. Throws OpsError `conflict` while something is open. */
export function attestRun(
  asker: Asker,
  id: number,
  ports: ChecklistPorts,
): Promise<{ kind: 'finished' | 'same'; run: Run }> {
  return changeRun(asker, id, ports, async (_, run): Promise<Decided<'finished' | 'same'>> => {
    if (run.state === 'finished') return { kind: 'same', audit: [] };
    refuseOver(run);
    const open = run.items.filter(isLeft);
    if (open.length > 0) {
      const named = open.slice(0, 3).map(({ n, item }) => `${n} ${item.title}`);
      throw new OpsError(
        'conflict',
        `${open.length} of its items ${open.length === 1 ? 'is' : 'are'} open: ${named.join('; ')}`,
        {
          hint: 'Tick them, or leave them out with a reason; then attest it',
        },
      );
    }
    const leftOut = run.items.filter(({ state }) => state === 'left_out').map(({ item }) => item.id);
    const after = { ...progressOf(run.items), ...(leftOut.length > 0 && { leftOut }) };
    return {
      kind: 'finished',
      audit: [{ action: 'checklist.attest', after }],
      ended: { state: 'finished', reason: '' },
    };
  });
}

/** It is over without being done. Throws OpsError `invalid` without a reason. */
export async function closeRun(
  asker: Asker,
  { id, reason }: { id: number; reason: string },
  ports: ChecklistPorts,
): Promise<{ kind: 'closed'; run: Run }> {
  const why = kept(reason, longestReason);
  if (why.length < shortestReason)
    throw new OpsError('invalid', 'Why is it closed without being done?', {
      hint: '`/ops checklist close NAME REASON`: a few words that will mean something in an audit',
    });
  return changeRun(asker, id, ports, async (_, run): Promise<Decided<'closed'>> => {
    refuseOver(run);
    const after = { ...progressOf(run.items) };
    return {
      kind: 'closed',
      audit: [{ action: 'checklist.close', reason: why, after }],
      ended: { state: 'closed', reason: why },
    };
  });
}
