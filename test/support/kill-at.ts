import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CallWatch } from '../../src/workspace/api.ts';
import type { Json } from '../../src/workspace/world.ts';
import type { Statement, WatchStatement } from './wire-proxy.ts';

/** Where a process is killed: seen from outside, by what it says to PostgreSQL or to Slack. */
export type Point =
  /** `after`: the server has answered, the process has not heard it. */
  | { at: 'database'; moment: 'before' | 'after'; when: (statement: Statement) => boolean }
  /** `after`: the call took effect, its answer never arrives. */
  | { at: 'slack'; moment: 'before' | 'after'; when: (call: { method: string; args: Json }) => boolean };

/** `commit` of a transaction in which such a statement ran. */
export function commitOf(statement: RegExp): (seen: Statement) => boolean {
  return ({ text, transaction }) => /^commit/i.test(text) && transaction.some((each) => statement.test(each));
}

export interface Killer {
  watchStatement: WatchStatement;
  watchCall: CallWatch;
  /** kill -9 of this process the next time that it comes to the point; resolves when it is dead. */
  killAt(child: ChildProcess, point: Point): Promise<void>;
}

export function killer(): Killer {
  let armed: { child: ChildProcess; point: Point } | undefined;
  /** Of the dead nothing arrives any more. */
  const kill = ({ child }: { child: ChildProcess }): void => {
    child.kill('SIGKILL');
    armed = undefined;
  };
  return {
    watchStatement(statement, moment) {
      const { point } = armed ?? {};
      if (!armed || point?.at !== 'database' || point.moment !== moment || !point.when(statement)) return undefined;
      kill(armed);
      return 'hold';
    },
    watchCall(call, moment) {
      const { point } = armed ?? {};
      if (!armed || point?.at !== 'slack' || point.moment !== moment || !point.when(call)) return undefined;
      kill(armed);
      return 'break';
    },
    async killAt(child, point) {
      armed = { child, point };
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      if (signal !== 'SIGKILL') throw new Error(`the process ended by itself (${signal})`);
    },
  };
}
