import { firstFew } from '../kernel/first-few.ts';
import { plainLine } from '../kernel/plain.ts';
import type { RoleNeeds } from './needs.ts';

const shownChecks = 6;

/** Which check takes what, a line each: `ecs:ListServices  backend, frontend`. Pure. */
export function tableOf({ needs }: Pick<RoleNeeds, 'needs'>): string[] {
  const width = Math.max(0, ...needs.map(({ action }) => action.length));
  return needs.map(({ action, by }) => `${action.padEnd(width)}  ${firstFew(by, shownChecks)}`);
}

/** `Account shop (arn:aws:iam::…): 3 checks`. */
export function headOf({ accounts, checks, needs }: RoleNeeds): string {
  const [first] = accounts;
  const names = accounts.map(({ name }) => name).join(', ');
  const who = first ? `Account ${names} (${plainLine(first.role)})` : 'The bot’s own credentials';
  if (needs.length === 0) return `${who}: no check asks there, so no policy is needed`;
  return `${who}: ${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
}

/** As `--account` takes it: the first account, or `own`. */
export function nameOf({ accounts }: Pick<RoleNeeds, 'accounts'>): string {
  return accounts[0]?.name ?? 'own';
}
