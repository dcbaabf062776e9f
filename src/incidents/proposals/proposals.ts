import { z } from 'zod';
import { verb } from '../../audit/verb.ts';
import { defineJob, type JobHandler } from '../../jobs/model.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { Tx } from '../../store/store.ts';
import type { Asker } from '../change.ts';
import { type By, nameOf } from '../model.ts';
import type { Part } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { type Proposal, proposing, type Signal } from './model.ts';
import { showProposal } from './show.ts';
import * as rows from './store.ts';

/** What other tools report, for a person to say whether it is an incident. */
export interface Proposals {
  /** A tool reports something. What is reported again is the same proposal; nothing is declared by itself. */
  heard(signal: Signal): Promise<'new' | 'again' | 'still' | 'late' | 'over' | 'unknown'>;
  /** Throws OpsError `not_found`. */
  show(id: number): Promise<Proposal>;
  /** It is no incident. `declared`, `dismissed` before: nothing was changed. Throws OpsError `not_found`. */
  dismiss(asker: Asker, id: number): Promise<{ kind: 'done' | 'declared' | 'dismissed'; proposal: Proposal }>;
}

/** Brings the message of a proposal up to date. */
const proposalJob = defineJob({
  name: 'incidents.proposal',
  schema: z.object({ id: z.number() }),
  lane: 'messages',
  retry: { limit: 2_000, firstMs: 1_000, maxMs: 60_000 },
  serial: ({ id }) => `proposal ${id}`,
});

export function createProposals(room: Room): Proposals & Part {
  const { store, clock, jobs } = room;

  async function take(tx: Tx, signal: Signal): ReturnType<Proposals['heard']> {
    const at = clock.now();
    const before = await rows.lockLatest(tx, signal);
    if (signal.what === 'over') {
      // Of PagerDuty's the end may arrive before the beginning, which is old news then.
      if (!before && signal.at) await rows.insertProposal(tx, signal, at, signal.at);
      if (!before || before.overAt) return 'unknown';
      await rows.setOver(tx, before.id, signal.at ?? at);
      await jobs.enqueue(tx, proposalJob, { id: before.id });
      return 'over';
    }
    const kind = proposing(before, { now: at, at: signal.at });
    if (kind === 'late') return kind;
    if (kind === 'new' || !before) {
      await jobs.enqueue(tx, proposalJob, { id: await rows.insertProposal(tx, signal, at) });
      return 'new';
    }
    const changed = await rows.setFiring(tx, before.id, signal, { at, again: kind === 'again' });
    if (changed) await jobs.enqueue(tx, proposalJob, { id: before.id });
    return kind;
  }

  async function show(id: number): Promise<Proposal> {
    const proposal = Number.isSafeInteger(id) ? await rows.findProposal(store.db(), id) : undefined;
    if (!proposal) throw noSuchProposal();
    return proposal;
  }

  return {
    heard: (signal) => store.transaction((tx) => take(tx, signal)),
    show,
    dismiss: async ({ by, request }, id) => {
      if (!Number.isSafeInteger(id)) throw noSuchProposal();
      const asker = { actor: by.id, request };
      const kind = await verb<unknown, 'done' | 'declared' | 'dismissed'>({ store, clock }, asker, async (tx) => {
        const proposal = await rows.lockProposal(tx, id);
        if (!proposal) throw noSuchProposal();
        if (proposal.state !== 'open') return { result: proposal.state, audit: [] };
        await rows.setDecided(tx, id, { state: 'dismissed', at: clock.now(), by });
        await jobs.enqueue(tx, proposalJob, { id });
        const after = { source: proposal.source, name: proposal.name };
        return { result: 'done', audit: [{ action: 'proposal.dismiss', target: `proposal/${id}`, after }] };
      });
      return { kind, proposal: await show(id) };
    },
    register(jobs, slack) {
      jobs.handle(proposalJob, handlerOf(room, slack));
    },
  };
}

/** The incident that is declared from it, in the declaration's own transaction. Throws OpsError `conflict`. */
export async function declareFrom(
  tx: Tx,
  proposal: Proposal,
  { id, at, by, journaled }: { id: number; at: Date; by: By; journaled: boolean },
  { jobs }: Pick<Room, 'jobs'>,
): Promise<void> {
  if (proposal.incident) {
    // What was declared while the database was away is never refused.
    if (journaled) return;
    throw new OpsError('conflict', `${nameOf(proposal.incident)} was declared from it already`, {
      hint: 'Close this. If it is another incident, declare it with `/ops incident declare`.',
    });
  }
  await rows.setDecided(tx, proposal.id, { state: 'declared', at, by, incident: id });
  await jobs.enqueue(tx, proposalJob, { id: proposal.id });
}

function handlerOf(room: Room, slack: IncidentPort): JobHandler<{ id: number }> {
  return ({ id }, { attempt }) => showProposal({ id, again: attempt > 1 }, room, slack);
}

function noSuchProposal(): OpsError {
  return new OpsError('not_found', 'What this was about is not known any more', {
    hint: 'Declare it with `/ops incident declare`.',
  });
}
