import type { Checklist, Item, Run, RunItem } from '../../src/checklists/model.ts';
import { noon } from './reports.ts';

export function itemOf(id: string, over: Partial<Item> = {}): Item {
  return { id, title: `Item ${id}`, evidence: 'none', optional: false, mayBeLeftOut: true, ...over };
}

export function checklistOf(items: Item[], over: Partial<Checklist> = {}): Checklist {
  return {
    ...{ id: 'morning', title: 'Morning round', schedule: [], missed: 'latest', attest: true, items },
    due: { withinMs: 3_600_000 },
    chase: { afterMs: 900_000, hours: 'business' },
    ...over,
  };
}

export function runItem(n: number, over: Partial<RunItem> = {}): RunItem {
  return {
    n,
    item: itemOf(`i${n}`),
    state: 'open',
    by: undefined,
    at: undefined,
    note: '',
    link: '',
    result: undefined,
    ...over,
  };
}

/** A run that began at noon and is due an hour later; what a test doesn't say is plausible. */
export function runOf(items: RunItem[], over: Partial<Run> = {}): Run {
  return {
    ...{ id: 1, name: 'morning', slot: undefined, state: 'open', begunAt: noon, doneAt: undefined, ended: undefined },
    plan: checklistOf(items.map(({ item }) => item)),
    begunBy: { id: 'slack:U1', mention: '<@U1>' },
    dueAt: new Date(noon.getTime() + 3_600_000),
    ...{ channel: '#ops', channelProblem: undefined, measuredAt: undefined, proof: undefined },
    ...{ chased: 0, version: 1, shown: 0, message: undefined, items },
    ...over,
  };
}
