import type { Facts, Probe } from '../../kernel/check.ts';
import { factsOf } from '../heartbeat/facts.ts';
import type { ReportTarget } from './params.ts';
import type { Reading } from './reading.ts';

/**
 * What a scan elsewhere has reported, and whether it still does: silence is judged as that of any job. `reading` is null while no
 * scan has said what it found. Throws Unmeasured before the first report, as long as that is not late.
 */
export async function readReported({
  target,
  reported,
  reveal,
  clock,
}: Pick<Probe<ReportTarget>, 'target' | 'reported' | 'reveal' | 'clock'>): Promise<{
  reading: Reading | null;
  job: Facts;
}> {
  // Without a token nobody can report: silence says nothing then.
  reveal(target.token);
  const said = await reported();
  const { last_ok_at, expected_at, late_by, late_by_s, grace_s, failed, last_fail } = factsOf(
    { ...target, max_run: undefined, message: false },
    said,
    clock.now(),
  );
  const open = said.findings?.filter(({ suppressed }) => !suppressed);
  return {
    job: { reported_at: last_ok_at, expected_at, late_by, late_by_s, grace_s, failed, last_fail },
    reading:
      open && said.findings ? { open, cutOff: [], suppressed: said.findings.length - open.length, unread: [] } : null,
  };
}
