import { formatDuration } from '../../kernel/duration.ts';
import type { Tx } from '../../store/store.ts';
import { type Incident, nameOf, type Page } from '../model.ts';
import type { IncidentPorts } from '../ports.ts';
import { lateAfterMs } from './plan.ts';

/** A page that was accepted late is told as deadlines are that were kept late. */
export async function announceLatePage(
  tx: Tx,
  { incident, page, ms }: { incident: Incident; page: Page; ms: number },
  { announce }: Pick<IncidentPorts, 'announce'>,
): Promise<void> {
  if (ms <= lateAfterMs) return;
  const head = `⏰ The page of ${nameOf(incident)} was accepted only after ${formatDuration(ms)}`;
  const why = page.reason ?? 'Rounds, or its database, was not running';
  await announce(tx, { key: `late-page/${page.dedupKey}`, lines: [head, `Until then: ${why}`] });
}
