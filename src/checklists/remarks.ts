import type { ConfigProblem, Contact } from '../config/model.ts';
import { wronglyScheduled } from '../config/scheduled.ts';
import { checksFor, type KnownCheck } from './automatic.ts';
import { ownerInSlack } from './owner.ts';
import type { Filed } from './ports.ts';

const mostNamed = 5;

/** Names of `checklists.scheduled` that there is no file for. Pure. */
export function unknownScheduled(
  scheduled: readonly string[],
  all: ReadonlyMap<string, Filed>,
  file: string,
): ConfigProblem[] {
  const times = new Map([...all].map(([name, { checklist }]) => [name, checklist.schedule.length]));
  return wronglyScheduled({ file, path: 'checklists.scheduled', names: scheduled }, times);
}

/** What a person who checks the configuration wants to know of the checklists that begin by themselves, a line each. Pure. */
export function checklistLines(
  all: ReadonlyMap<string, Filed>,
  ops: {
    checks: readonly KnownCheck[];
    contacts: ReadonlyMap<string, Contact>;
    scheduled: readonly string[];
    channel: string | undefined;
  },
): string[] {
  const used = [...all.values()].filter(({ own, checklist }) => own || ops.scheduled.includes(checklist.id));
  return used.flatMap(({ checklist }) => {
    const { id, owner, channel, items } = checklist;
    const remark = (text: string) => `remark: checklist ${id}: ${text}`;
    const byHand = items.filter((item) => item.auto && checksFor(item, ops.checks).length === 0);
    const named = byHand.slice(0, mostNamed).map(({ id: item, auto }) => `${item} (${auto?.by} ${auto?.of})`);
    const more = byHand.length > mostNamed ? ` and ${byHand.length - mostNamed} more` : '';
    const owners = new Set([owner, ...items.map((item) => item.owner)].filter((each) => each !== undefined));
    const unknown = [...owners].filter((each) => ownerInSlack(each, ops) === undefined);
    return [
      ...(byHand.length > 0
        ? [remark(`ops.yml does not have what ticks ${named.join(', ')}${more}: a person does`)]
        : []),
      ...unknown.map((each) =>
        remark(`${each} is known by no \`slack\` in contacts: nobody is mentioned, and approvers attest`),
      ),
      ...(channel === undefined && ops.channel === undefined
        ? [remark('it has no channel: set `checklists.channel` or `slack.daily`; until then only terminals show it')]
        : []),
    ];
  });
}
