import { verb } from './audit/verb.ts';
import type { DeniedAttempt } from './kernel/access.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import type { Store } from './store/store.ts';

/** Records what somebody tried and may not do, in the log and in the audit; looking is no attempt to change anything. */
export function auditDenials(ports: { store: Store; clock: Clock; log: Log }): (attempt: DeniedAttempt) => void {
  return ({ actor, request, action, role, denial }) => {
    const said = { command: action, actor: actor.id, request, role, why: denial.why };
    ports.log.warn(said, 'denied');
    if (role === 'viewer') return;
    const entry = { action: 'access.denied', target: action, after: { role, why: denial.why } };
    const recording = verb(ports, { actor: actor.id, request }, async () => ({ result: undefined, audit: [entry] }));
    recording.catch((error: unknown) => ports.log.error({ ...said, err: error }, 'a denial was not recorded'));
  };
}
