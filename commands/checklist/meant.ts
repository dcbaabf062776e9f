import { progressWords, type Run } from '../../src/checklists/model.ts';
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
  if (/^\d+$/.test(name))
    throw new OpsError('not_found', `There is no run ${name}`, { hint: '`/ops checklist` lists them' });
  const { id, title } = checklists.named(name);
  throw new OpsError('not_found', `${title} is not open`, { hint: `\`/ops checklist ${id}\` begins it` });
}

/** As `runMeant`, for what ends a run: of several that are open it must be said which. Throws OpsError `conflict`, too. */
export async function runToEnd({ services }: Pick<Context, 'services'>, name: string): Promise<Run> {
  const open = /^\d+$/.test(name) ? [] : await services.checklists.running(name);
  if (open.length < 2) return runMeant({ services }, name);
  const runs = open.map(
    ({ id, items, begunAt }) => `${id} (${begunAt.toISOString().slice(0, 10)}, ${progressWords(items)})`,
  );
  throw new OpsError('conflict', `${open.length} runs of ${name} are open: ${runs.slice(0, 5).join(', ')}`, {
    hint: `Say its number in place of ${name}`,
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
