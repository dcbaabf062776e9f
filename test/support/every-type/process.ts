import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsServer } from '../aws/server.ts';
import { closeLeftovers } from '../leftovers.ts';
import { startPostgres } from '../postgres.ts';
import { allServices, onAws } from './aws.ts';
import type { Served, World } from './model.ts';
import { outside } from './outside.ts';

// Serves the target of one check of every type, says how they are checked, and ends with whoever started it.
const folder = await mkdtemp(join(await realpath(tmpdir()), 'rounds-every-type-'));
const postgres = await startPostgres();
const aws = new AwsServer(allServices());
const checks: Record<string, Served> = {};
for (const [type, serve] of Object.entries(outside)) checks[type] = await serve({ folder, postgresUrl: postgres.url });
for (const [type, { params, fail }] of Object.entries(onAws))
  checks[type] = { params, fail, gone: 'unknown', isAws: true };
const world: World = { checks, awsUrl: await aws.start() };

async function end(): Promise<void> {
  await Promise.all([postgres.stop(), closeLeftovers(), rm(folder, { recursive: true })]);
  process.exit();
}
process.once('disconnect', end);
process.once('SIGTERM', end);
process.send?.(world);
