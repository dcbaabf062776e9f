import type { Configuration } from './configuration.ts';
import { nextTimes, type Planned } from './planned.ts';
import { plansOf } from './reports/schedule.ts';
import { dayWords } from './reports/views/words.ts';

/** What reports and checklists there are, and when those that come by themselves come next, for who checks the configuration. */
export function plannedLines({ ops, reports, checklists }: Configuration, now: Date): string[] {
  const sources = {
    reports: { plans: () => plansOf(reports.all().values(), ops) },
    checklists: { files: () => checklists.all() },
  };
  const comes = nextTimes({ ...sources, ops }, now).filter(({ off }) => off === undefined);
  return [
    ...linesOf('report', [...reports.all().keys()], comes),
    ...linesOf('checklist', [...checklists.all().keys()], comes),
  ];
}

function linesOf(kind: Planned['kind'], names: readonly string[], all: readonly Planned[]): string[] {
  const soonest = all.flatMap((each) => (each.kind === kind && each.times[0] ? [{ ...each, ...each.times[0] }] : []));
  const times = soonest
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ name, at, zone }) => `  ${name} comes next ${dayWords(at, zone)}`);
  const none = `  none comes by itself: \`${kind}s.scheduled\` names which do`;
  return [`${kind}s: good — ${names.join(', ')}`, ...(times.length > 0 ? times : [none])];
}
