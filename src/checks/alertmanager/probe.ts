import { type Measurement, type Probe, Unmeasured } from '../../kernel/check.ts';
import { alertFacts, clusterFacts } from './facts.ts';
import { askMember, type Member } from './member.ts';
import type { AlertmanagerTarget } from './params.ts';

/** Asks all members at once. Throws Unmeasured when none of them tells anything, unless all are down. */
export async function probeAlertmanager(probe: Probe<AlertmanagerTarget>): Promise<Measurement> {
  const { target, clock } = probe;
  const outcomes = await Promise.all(
    target.url.map((url) => askMember(url, probe).catch((error: unknown) => ({ url, error: unmeasured(error) }))),
  );
  const members = outcomes.filter((outcome): outcome is Member => 'kind' in outcome);
  const failed = outcomes.filter((outcome) => 'error' in outcome && 'url' in outcome);
  const answered = members.filter((member) => member.kind === 'answered');
  if (answered.length === 0) {
    const [first] = failed;
    if (first !== undefined) throw first.error;
    const error = members.map((member) => (member.kind === 'down' ? `${member.name}: ${member.error}` : '')).join(', ');
    return { facts: { reachable: false, error } };
  }
  const unread = failed.map(({ error }) => error.message);
  return {
    facts: {
      ...{ reachable: true, error: '' },
      ...alertFacts(answered, target, clock.now().getTime()),
      ...clusterFacts(members, unread, target.watchdog !== undefined),
    },
  };
}

/** Anything else is a mistake of ours, and no member's state. */
function unmeasured(error: unknown): Unmeasured {
  if (error instanceof Unmeasured) return error;
  throw error;
}
