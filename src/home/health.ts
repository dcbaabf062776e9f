import { healthOnHome, type Owned } from '../health/views/home.ts';
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

/**
 * The checks whose owner is whoever looks, or a group they are in. Owners are asked about in turn, until Slack doesn't tell:
 * it takes 20 questions a minute, what it has told is remembered, and the next look goes on from there.
 */
async function ownedChecks({ services: { ops }, isMine }: HomeContext<Services>): Promise<Owned> {
  const owners = new Set(ops.checks.flatMap(({ owner }) => owner ?? []));
  const mine = new Set<string>();
  let unknown: string | undefined;
  for (const owner of owners) {
    try {
      if (await isMine(owner)) mine.add(owner);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      unknown = error.message;
      break;
    }
  }
  const ids = ops.checks.flatMap(({ id, owner }) => (owner !== undefined && mine.has(owner) ? [id] : []));
  return { ids: new Set(ids), unknown };
}
