import { type ActiveWindow, activeWindows } from '../maintenance.ts';
import type { SilencePorts } from './change.ts';
import { KnownSilences } from './known.ts';
import type { Silence } from './model.ts';
import { activeSilences } from './store.ts';
import {
  beginMaintenance,
  type Ended,
  endSilence,
  type Muted,
  muteCheck,
  type SilenceAsker,
  silenceOf,
  type Work,
} from './verbs.ts';

/** What people do about silences. Whoever calls a verb has asked for the role before. */
export interface Silences {
  /** Mutes one check. Throws OpsError `not_found`, `invalid`. */
  muteCheck(asker: SilenceAsker, mute: { checkId: string; forMs: number }): Promise<Muted>;
  /** Begins maintenance now. Throws OpsError `not_found`, `invalid`. */
  beginMaintenance(asker: SilenceAsker, work: Work): Promise<Silence>;
  /** Ends a mute or maintenance. Throws OpsError `not_found`. */
  endSilence(asker: SilenceAsker, id: string): Promise<Ended>;
  /** One silence, also when it is over. Throws OpsError `not_found`. */
  silence(id: string): Promise<Silence>;
  /** The silences that are on, the one that ends first before the others. */
  silences(): Promise<Silence[]>;
}

/** `attempt` waits for the database, not for long, and resolves to a warning when it did not answer. */
export function createSilences(
  ports: SilencePorts,
  attempt: (what: string, work: () => Promise<void>) => Promise<string | undefined>,
): {
  face: Silences;
  /** Learns what replicas have begun and ended; resolves to a warning when it could not. */
  read: () => Promise<string | undefined>;
  /** The windows that are open, by the configuration and by what was read last. */
  windows: (now: Date) => ActiveWindow[];
} {
  const { ops, store, clock } = ports;
  const known = new KnownSilences({ store, clock });
  const read = () => attempt('mutes not read', () => known.read());

  /** What a verb has changed is known at once, here. */
  async function thenRead<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    await read();
    return result;
  }

  return {
    face: {
      muteCheck: (asker, mute) => thenRead(muteCheck(asker, mute, ports)),
      beginMaintenance: (asker, work) => thenRead(beginMaintenance(asker, work, ports)),
      endSilence: (asker, id) => thenRead(endSilence(asker, id, ports)),
      silence: (id) => silenceOf(id, store),
      silences: () => activeSilences(store.db(), clock.now()),
    },
    read,
    windows: (now) => [...activeWindows(ops.maintenance, now), ...known.at(now)],
  };
}
