import type { DBInstance } from '@aws-sdk/client-rds';
import { part } from '../aws/part.ts';
import { connectionsOf, type Database, type DatabaseReader } from './read.ts';
import { isDown } from './state.ts';

/** How many connections the instances take. */
export interface Limits {
  /** Of each instance; null where it is not known. */
  each: (number | null)[];
  /** The smallest of those that run; null when that of one is not known. */
  smallest: number | null;
}

/** From the check's parameter, else from the parameter groups, which instances mostly share. */
export async function limitsOf(
  reader: DatabaseReader,
  { instances }: Database,
  given: number | undefined,
  { unread, signal }: { unread: string[]; signal: AbortSignal },
): Promise<Limits> {
  if (given !== undefined) return { each: instances.map(() => given), smallest: given };
  const groups = instances.map(groupInForce);
  const known = new Map<string, number | null>();
  for (const group of new Set(groups))
    if (group !== undefined) known.set(group, await part(unread, signal, () => connectionsOf(reader, group)));
  const each = groups.map((group) => (group === undefined ? null : (known.get(group) ?? null)));
  const running = each.filter((_, i) => !isDown(instances[i]?.DBInstanceStatus));
  const numbers = running.filter((limit) => limit !== null);
  return { each, smallest: numbers.length > 0 && numbers.length === running.length ? Math.min(...numbers) : null };
}

/** The group whose values the instance runs with; one that waits for a restart says what will be. */
function groupInForce({ DBParameterGroups }: DBInstance): string | undefined {
  const group = DBParameterGroups?.[0];
  return group?.ParameterApplyStatus === 'in-sync' ? group.DBParameterGroupName : undefined;
}
