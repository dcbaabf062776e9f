import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compileCondition } from '../../../src/conditions/compile.ts';
import { parseOps } from '../../../src/config/load.ts';
import { createHealth, type Health } from '../../../src/health/health.ts';
import { createHeartbeats } from '../../../src/heartbeats/heartbeats.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Log } from '../../../src/kernel/log.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import { checkTypes } from '../../../src/registry.ts';
import type { Store } from '../../../src/store/store.ts';
import { useAws } from '../aws/environment.ts';
import { regions, type Served, type World } from './model.ts';

/** Starts a process that serves a healthy target for every check type; AWS is its stand-in for this process from now on. */
export async function startWorld(): Promise<World & { stop(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'process.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [world] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [World];
  if (child.exitCode !== null) throw new Error('the targets did not start');
  useAws(world.awsUrl);
  return {
    ...world,
    async stop() {
      if (!child.connected) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The nth check of a type; on AWS each is in another region, until they are used up. */
export function checkOf(type: string, n: number, { params, fail, isAws }: Served): object {
  const region = isAws && { region: regions[n % regions.length] };
  return { id: `${type}-${n}`, ...(fail && { fail }), [type]: { ...params, ...region } };
}

/** Health over these checks. */
export async function healthOf(
  checks: object[],
  { world, store, clock, log }: { world: World; store: Store; clock: Clock; log: Log },
): Promise<Health> {
  const text = JSON.stringify({
    ...{ version: 1, scripts: { allow: ['scripts'] }, checks },
    defaults: { every: '5m', timeout: '10s', attempts: 1 },
  });
  const options = { checkTypes: await checkTypes(), compile: compileCondition, env: {} };
  const ops = parseOps(text, join(import.meta.dirname, '../ops.yml'), options);
  const secrets: Record<string, string> = Object.assign({}, ...Object.values(world.checks).map((one) => one.secrets));
  return createHealth({
    ...{ ops, store, clock, log, reported: createHeartbeats({ store, clock }).read },
    reveal: (value) => (value instanceof Secret ? secrets[value.name]! : value),
  });
}

/** As the job of a `heartbeat` check: it has just done its work. */
export async function reportSuccess(id: string, { store, clock }: { store: Store; clock: Clock }): Promise<void> {
  await createHeartbeats({ store, clock }).record(id, { what: 'ok', run: '', exitCode: 0, message: '' });
}
