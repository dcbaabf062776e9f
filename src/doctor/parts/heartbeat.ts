import { ok, type Part, warn } from '../model.ts';

/** Whether somebody outside would notice that Rounds itself is gone. The address is not told: it is often a secret. */
export function heartbeatPart({ configured, tryOut }: { configured: boolean; tryOut: boolean }): Part {
  return {
    name: 'heartbeat',
    look: async () => {
      if (configured) return [ok('goes out to an outside watchdog')];
      if (tryOut) return [ok('no watchdog is configured')];
      return [warn('no watchdog is configured: nobody notices when Rounds itself is gone', 'set heartbeat in ops.yml')];
    },
  };
}
