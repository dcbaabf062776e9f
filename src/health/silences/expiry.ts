import type { JobHandler } from '../../jobs/model.ts';
import { checksOf, type SilenceOver, type SilencePorts, tellOf } from './change.ts';
import { findSilence, lockTarget } from './store.ts';

/** Tells that a silence has ended by itself; one that was ended before is told already. */
export function silenceOverHandler(ports: SilencePorts): JobHandler<SilenceOver> {
  return ({ id }) =>
    ports.store.transaction<unknown, void>(async (tx) => {
      const silence = await findSilence(tx, id);
      if (!silence || silence.ended) return;
      await lockTarget(tx, silence.target);
      await tellOf(tx, checksOf(silence.target, ports.ops.checks), ports.clock.now(), ports);
    });
}
