import { PortError } from '../../kernel/errors.ts';
import { triedAgain } from '../../posting/failures.ts';
import type { IncidentPort, Room } from '../ports.ts';
import { postUnlessThere } from '../post-unless-there.ts';
import * as rows from './store.ts';
import { proposalPost } from './views.ts';

/** Posts a proposal, and edits what was posted until it says how things stand. */
export async function showProposal(
  { id, again }: { id: number; again: boolean },
  { store, announceIn, clock, log }: Room,
  slack: IncidentPort,
): Promise<void> {
  const proposal = await rows.findProposal(store.db(), id);
  if (!proposal || proposal.shown >= proposal.version) return;
  const { message, version, overAt, state, since } = proposal;
  // Nobody has to be asked about what is over.
  if (!message && overAt && state === 'open') return;
  if (announceIn === undefined) {
    log.warn({ proposal: id }, 'an alert is proposed nowhere: set slack.incidents or slack.alerts');
    return;
  }
  const post = proposalPost(proposal, clock.now());
  if (message) {
    try {
      await slack.update({ ...message, post });
    } catch (error) {
      // Somebody deleted it: they have seen it.
      if (!(error instanceof PortError) || error.reason !== 'message_not_found') throw triedAgain(error);
    }
    return rows.setProposalShown(store.db(), id, { version, ...message });
  }
  const at = await postUnlessThere({ channel: announceIn, key: `proposal:${id}`, post }, { again, since }, slack);
  await rows.setProposalShown(store.db(), id, { version, ...at });
}
