import type { Checklists } from './checklists/checklists.ts';
import type { Summary } from './checklists/summary.ts';
import type { ChecklistState, ChecklistsPast } from './reports/ports.ts';

/** What reports ask of checklists. */
export function checklistsPastOf(checklists: Pick<Checklists, 'open' | 'doneBetween'>): ChecklistsPast {
  return {
    open: async () => (await checklists.open()).map(stateOf),
    endedBetween: async (from, to) => (await checklists.doneBetween(from, to)).map(stateOf),
  };
}

function stateOf({ run, state, begunAt, dueAt, endedAt, owner, ...rest }: Summary): ChecklistState {
  return {
    ...{ id: run, name: rest.name, title: rest.title, startedAt: begunAt, dueAt, done: rest.done, total: rest.total },
    ...(owner !== undefined && { owner }),
    ...(endedAt && { closed: { at: endedAt, how: state === 'closed' ? 'closed' : 'done' } }),
  };
}
