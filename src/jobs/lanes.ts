import { createHash } from 'node:crypto';
import type { JobKind } from './model.ts';

export type Lane = JobKind<never>['lane'];

/** How many jobs of a lane one process carries out at the same time. */
export type Slots = Record<Lane, number>;

/** Most work waits for Slack or for checks; the pool has ten connections, and a handler holds one only while it queries. */
export const defaultSlots: Slots = {
  pages: 10,
  watches: 4,
  polls: 4,
  reaches: 4,
  messages: 10,
  reports: 3,
  sweeps: 4,
  slow: 4,
  housekeeping: 2,
};

export const lanes = Object.keys(defaultSlots) as Lane[];

/** A lane has two queues of pg-boss: in one of them jobs of the same series run one after another. */
export const queuesOf = (lane: Lane) => ({ free: lane, serial: `${lane}.serial` });

export const workQueues = lanes.flatMap((lane) => Object.values(queuesOf(lane)));

/** Where jobs lie that nobody will try again unless somebody replays them. No worker fetches from it. */
export const deadQueue = 'dead';

export function queueOf(kind: Pick<JobKind<never>, 'lane' | 'serial'>): string {
  return kind.serial ? queuesOf(kind.lane).serial : queuesOf(kind.lane).free;
}

/** The id of the job of this kind with this key: always the same, so that the table's primary key rejects a second one. */
export function idOfKey(kind: string, key: string): string {
  const hash = createHash('sha256').update(`${kind}:${key}`).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
