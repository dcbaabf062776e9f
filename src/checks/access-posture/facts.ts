import type { Facts } from '../../kernel/check.ts';
import { few } from '../facts/few.ts';
import { type Change, type Changes, mostPolicies } from './changes.ts';
import { mostOfNetwork, type openGroups, type publicInstances } from './network.ts';

export function changeFacts(changes: Changes | null | undefined): Facts {
  const day = ({ what, at }: Change) => `${what} ${at.toISOString().slice(0, 10)}`;
  return {
    changes: changes?.complete ? changes.items.length : null,
    changes_list: changes ? few(changes.items.map(day)) : null,
  };
}

interface Parts {
  changes?: Changes | null | undefined;
  groups?: Awaited<ReturnType<typeof openGroups>> | null | undefined;
  instances?: Awaited<ReturnType<typeof publicInstances>> | null | undefined;
}

type Named = { id: string; name: string };

function isIn(accepted: string[]) {
  return ({ id, name }: Named) => accepted.includes(id) || accepted.includes(name);
}

/** Of a part of the groups and instances, what is open holds; that nothing else is does not. */
export function networkFacts({ groups, instances }: Parts, accepted: string[]): Facts {
  const isAccepted = isIn(accepted);
  const known = (list: string[], complete: boolean) => (list.length > 0 || complete ? few(list) : null);
  const open = (groups?.open ?? []).filter((group) => !isAccepted(group));
  const found = (instances?.found ?? []).filter((instance) => !isAccepted(instance));
  const unclear = (groups?.unclear ?? []).filter((group) => !isAccepted(group));
  const ofKind = (admin: boolean) =>
    known(
      open.filter((group) => group.admin === admin).map((group) => `${titled(group)} ${group.what}`),
      groups?.complete === true && !unclear.some((group) => group.admin === admin),
    );
  const all = [...(groups?.open ?? []), ...(instances?.found ?? [])];
  return {
    security_groups: groups?.complete ? groups.groups : null,
    open_admin: ofKind(true),
    open_other: ofKind(false),
    public_instances: known(found.map(titled), instances?.complete ?? false),
    accepted: few([...new Set(all.filter(isAccepted).map(titled))]),
  };
}

function titled({ id, name }: Named): string {
  return name === '' ? id : `${id} (${name})`;
}

/** What lies past what was read, or in a prefix list that was not; of an accepted group it doesn't matter. */
export function cutOff({ changes, groups, instances }: Parts, accepted: string[]): string[] {
  const isAccepted = isIn(accepted);
  return [
    ...new Set((groups?.unclear ?? []).filter((group) => !isAccepted(group)).map(({ unread }) => unread)),
    ...(changes?.complete === false ? [`roles or policies past the first ${mostPolicies}`] : []),
    ...(groups?.complete === false ? [`security groups past the first ${mostOfNetwork}`] : []),
    ...(instances?.complete === false ? [`instances past the first ${mostOfNetwork}`] : []),
  ];
}
