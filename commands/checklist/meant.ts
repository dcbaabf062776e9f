import type { Run } from '../../src/checklists/model.ts';
import type { CommandContext } from '../../src/kernel/command.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import type { Services } from '../../src/services.ts';

export type Context = CommandContext<Services>;

export function askerOf({ actor, request }: Pick<Context, 'actor' | 'request'>) {
  return { by: { id: actor.id, mention: actor.mention }, request };
}

/** The run of a name that is not over, the newest of them; a number is a run itself. Throws OpsError `not_found`. */
export async function runMeant({ services: { checklists } }: Pick<Context, 'services'>, name: string): Promise<Run> {
  const run = /^\d+$/.test(name) ? await checklists.run(Number(name)) : (await checklists.running(name)).at(-1);
  if (run) return run;
  const known = /^\d+$/.test(name) ? undefined : checklists.files().get(name);
  throw new OpsError('not_found', known ? `${known.checklist.title} is not open` : `There is no run "${name}"`, {
    hint: known ? `\`/ops checklist ${name}\` begins it` : '`/ops checklist` lists them',
  });
}

/** Throws OpsError `forbidden` unless the asker is the owner, in the owner's group, or may approve. */
export async function requireOwner(ctx: Context, { plan }: Run): Promise<void> {
  const { checklists, owners } = ctx.services;
  await ctx.require('responder');
  if (plan.owner === undefined) return;
  if ((await ctx.may('approver')).kind === 'allowed') return;
  const owner = checklists.ownerInSlack(plan.owner);
  const decision = owner === undefined ? undefined : await owners.has(owner, ctx.actor);
  if (decision?.kind === 'allowed') return;
  const why = decision?.why === 'unverified' ? ` (${decision.message})` : '';
  throw new OpsError('forbidden', `${plan.owner} attests ${plan.title}${why}`, { hint: 'Ask them, or an approver' });
}
