import type { JobContext } from '../jobs/model.ts';
import type { Post } from '../kernel/command.ts';
import { ledgerOf } from '../posting/ledger.ts';
import { postOnce as postByLedger } from '../posting/post-once.ts';
import type { Store } from '../store/store.ts';
import type { IncidentPort } from './ports.ts';

export interface Once {
  store: Store;
  slack: IncidentPort;
  ctx: Pick<JobContext, 'stillMine' | 'signal'>;
}

/** `postOnce` of `posting`, about incident `id`: its posts are written down with it. */
export function postOnce(
  { id, ...message }: { id: number; channel: string; key: string; post: Post; threadTs?: string; broadcast?: boolean },
  since: Date,
  { store, slack, ctx }: Once,
): ReturnType<typeof postByLedger> {
  return postByLedger(message, since, { slack, ctx, ledger: ledgerOf(store, `incident/${id}`) });
}
