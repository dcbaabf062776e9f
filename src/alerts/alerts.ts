import type { Ops } from '../config/model.ts';
import type { ProblemEvent } from '../health/events.ts';
import type { Enqueuing, Jobs } from '../jobs/model.ts';
import type { Schedule } from '../jobs/timing.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Store, Tx } from '../store/store.ts';
import { deliverer, deliverNotice } from './deliver.ts';
import { dependentsOf } from './dependents.ts';
import type { AlertPort, Silence } from './model.ts';
import { addAnnouncement } from './store.ts';
import { takeEvents, takeSilence } from './take.ts';
import { endMutes, endUnwatched, removeOld, tidyAlerts } from './upkeep.ts';

/** Messages about problems: one per problem, kept true by edits, made louder by new posts. */
export interface Alerts {
  /** What a regular sweep found; within the transaction that records it. */
  take(tx: Tx, events: readonly ProblemEvent[]): Promise<void>;
  /** A mute or maintenance began or ended; within its transaction. */
  silenced(tx: Tx, silence: Silence): Promise<void>;
  /**
   * Posts one message to `channel` (default `slack.alerts`), once per `key`. The lines are plain text, the first is the
   * head. `nowhere`: no channel is configured.
   */
  announce(
    tx: Tx,
    announcement: { channel?: string; lines: readonly [string, ...string[]]; key: string },
  ): Promise<'enqueued' | 'known' | 'nowhere'>;
  /** Registers what carries the messages to Slack; before the queue starts. */
  register(jobs: Pick<Jobs, 'handle'>, port: AlertPort): void;
  /** The upkeep, to be run with all other schedules. */
  schedules: Schedule[];
}

export interface AlertsOptions {
  ops: Pick<Ops, 'slack' | 'groups' | 'checks' | 'team'>;
  store: Store;
  jobs: Enqueuing;
  clock: Clock;
  log: Log;
}

export function createAlerts({ ops, store, jobs, clock, log }: AlertsOptions): Alerts {
  const homeless = new Set<string>();
  const dependents = dependentsOf(ops.checks);
  const ports = {
    ops,
    clock,
    homeless(group: string) {
      if (homeless.has(group)) return;
      homeless.add(group);
      log.warn(
        { group },
        `alerts of group ${group} go nowhere: set slack.alerts or groups.${group}.channel in ops.yml`,
      );
    },
  };

  async function deliver(tx: Tx, notices: readonly string[]): Promise<void> {
    for (const notice of notices) await jobs.enqueue(tx, deliverNotice, { notice });
  }

  return {
    take: async (tx, events) => deliver(tx, await takeEvents(tx, events, ports)),
    silenced: async (tx, silence) => deliver(tx, await takeSilence(tx, silence, clock.now())),
    async announce(tx, { channel = ops.slack.alerts, lines, key }) {
      if (channel === undefined) {
        log.warn({ key }, `an announcement goes nowhere: set slack.alerts in ops.yml: ${lines[0]}`);
        return 'nowhere';
      }
      const id = await addAnnouncement(tx, {
        channel,
        key,
        content: { lines: [...lines] },
        now: clock.now(),
      });
      if (id === undefined) return 'known';
      await deliver(tx, [id]);
      return 'enqueued';
    },
    register(queue, port) {
      const zone = ops.team.zone;
      queue.handle(deliverNotice, deliverer({ store, port, clock, zone, dependents }));
      queue.handle(tidyAlerts, async () => {
        const configured = ops.checks.map(({ id }) => id);
        const now = clock.now();
        await store.transaction(async (tx) => deliver(tx, await endUnwatched(tx, configured, now)));
        await store.transaction(async (tx) => deliver(tx, await endMutes(tx, now)));
        await removeOld(store, now);
      });
    },
    schedules: [
      {
        name: 'alerts.tidy',
        when: { everyMs: 3_600_000 },
        missed: 'latest',
        enqueue: (tx, _slot, key) => jobs.enqueue(tx, tidyAlerts, {}, { key }),
      },
    ],
  };
}
