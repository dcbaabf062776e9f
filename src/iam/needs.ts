import type { Check, Ops } from '../config/model.ts';
import type { AwsAccount } from '../kernel/aws.ts';

/** One IAM action, and what asks for it. */
export interface Need {
  action: string;
  /** Ids of checks, in the order of the file; of `sts:AssumeRole`, the accounts. */
  by: string[];
  /** ARNs; undefined = all resources. */
  resources?: string[];
}

/** What the bot must be allowed through one role. */
export interface RoleNeeds {
  /** The accounts of the config that it reads, by name: one for each region, say. Empty: the bot's own credentials. */
  accounts: AwsAccount[];
  /** Ids of the checks that ask there. */
  checks: string[];
  /** Sorted by action; empty = nothing asks there. */
  needs: Need[];
}

/** What the checks of a config take, role by role: the bot's own first, the others by name. Pure. */
export function needsOf({ checks, aws }: Pick<Ops, 'checks' | 'aws'>): RoleNeeds[] {
  const asking = checks.filter((check) => actionsOf(check).length > 0);
  const byAccount = Map.groupBy(asking, ({ target }) => accountOf(target));
  const named = [...aws.accounts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const others = [...Map.groupBy(named, ({ role }) => role).values()];
  const of = (accounts: AwsAccount[]): RoleNeeds => {
    const names = accounts.length > 0 ? accounts.map(({ name }) => name) : [undefined];
    const own = names.flatMap((name) => byAccount.get(name) ?? []);
    return { accounts, checks: own.map(({ id }) => id), needs: needsBy(own) };
  };
  const read = others.map(of);
  const own = of([]);
  const taken = read.flatMap(({ accounts, needs }) => (needs.length > 0 ? accounts : []));
  return [{ ...own, needs: taken.length > 0 ? sorted([...own.needs, assuming(taken)]) : own.needs }, ...read];
}

function needsBy(checks: readonly Check[]): Need[] {
  const by = new Map<string, string[]>();
  for (const check of checks) {
    for (const action of new Set(actionsOf(check))) by.set(action, [...(by.get(action) ?? []), check.id]);
  }
  return sorted([...by].map(([action, ids]) => ({ action, by: ids })));
}

/** A role that nothing reads through need not be taken. */
function assuming(accounts: readonly AwsAccount[]): Need {
  return {
    action: 'sts:AssumeRole',
    by: accounts.map(({ name }) => `account ${name}`),
    resources: [...new Set(accounts.map(({ role }) => role))].sort(),
  };
}

function actionsOf({ definition, target }: Check): string[] {
  return definition.iamFor?.(target) ?? definition.iam;
}

function accountOf(target: unknown): string | undefined {
  const account = typeof target === 'object' && target !== null && 'account' in target ? target.account : undefined;
  return typeof account === 'string' ? account : undefined;
}

function sorted(needs: Need[]): Need[] {
  return needs.toSorted((a, b) => (a.action < b.action ? -1 : 1));
}
