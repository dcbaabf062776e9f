import { healthOnHome } from '../health/views/home.ts';
import { PortError } from '../kernel/errors.ts';
import { defineHomeSection, type HomeContext } from '../kernel/home.ts';
import type { Services } from '../services.ts';

/** The checks: the verdict, the viewer's own, all groups. */
export default defineHomeSection<Services>({
  name: 'health',
  order: 10,
  async part(ctx) {
    const { ops, health } = ctx.services;
    const [{ report, strips, silences }, owned, mute, endMaintenance] = await Promise.all([
      health.board(),
      ownedChecks(ctx),
      ctx.may('responder'),
      ctx.may('operator'),
    ]);
    return healthOnHome({
      report,
      strips,
      owned,
      owners: new Map([...ops.groups].map(([id, { owner }]) => [id, owner])),
      silences: silences.filter(({ by }) => by.id === ctx.actor.id),
      may: { mute: mute.kind === 'allowed', endMaintenance: endMaintenance.kind === 'allowed' },
      now: ctx.clock.now(),
    });
  },
});

/** Ids of the checks whose owner is whoever looks, or a group they are in. */
async function ownedChecks({
  services: { ops },
  isMine,
}: HomeContext<Services>): Promise<ReadonlySet<string> | { unknown: string }> {
  const owners = [...new Set(ops.checks.flatMap(({ owner }) => owner ?? []))];
  try {
    const mine = new Set(await Promise.all(owners.map(async (owner) => ((await isMine(owner)) ? owner : undefined))));
    return new Set(ops.checks.flatMap(({ id, owner }) => (owner !== undefined && mine.has(owner) ? [id] : [])));
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return { unknown: error.message };
  }
}
