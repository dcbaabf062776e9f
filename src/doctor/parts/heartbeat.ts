import type { Clock } from '../../kernel/clock.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { ok, type Part, warn } from '../model.ts';

interface HeartbeatPart {
  configured: boolean;
  tryOut: boolean;
  /** Of a bot that runs in this process. */
  beats?: { last(): { at: Date; problem?: string | undefined } | undefined } | undefined;
  clock: Clock;
}

/** Whether somebody outside would notice that Rounds itself is gone. The address is not told: it is often a secret. */
export function heartbeatPart({ configured, tryOut, beats, clock }: HeartbeatPart): Part {
  return {
    name: 'heartbeat',
    look: async () => {
      if (!configured && tryOut) return [ok('no watchdog is configured')];
      if (!configured) {
        return [
          warn('no watchdog is configured: nobody notices when Rounds itself is gone', 'set heartbeat in ops.yml'),
        ];
      }
      if (beats === undefined)
        return [ok('a watchdog is configured; whether it is reached, only a bot that runs knows')];
      const last = beats.last();
      if (last === undefined) return [ok('a watchdog is configured; the first beat is on its way')];
      const agoMs = clock.now().getTime() - last.at.getTime();
      const ago = agoMs < 1_000 ? 'just now' : `${formatDuration(agoMs)} ago`;
      if (last.problem === undefined) return [ok(`reached the outside watchdog ${ago}`)];
      const fix = 'mend what it names; an address that is wrong is heartbeat in ops.yml';
      return [warn(`does not go out (tried ${ago}): ${last.problem}`, fix)];
    },
  };
}
