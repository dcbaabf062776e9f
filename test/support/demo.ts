import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compileCondition } from '../../src/conditions/compile.ts';
import { loadOps } from '../../src/config/load.ts';
import { type Clinic, type ClinicOptions, startClinic } from '../../src/demo/clinic.ts';
import { createHealth } from '../../src/health/health.ts';
import type { CheckReport } from '../../src/health/model.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { checkTypes, root } from '../../src/registry.ts';
import { all, final, unhurried } from './health.ts';
import { memoryLog } from './memory-log.ts';
import { embeddedStore } from './store.ts';

export const freePorts = { port: 0, databasePort: 0, tlsPort: 0 };

/** A clinic on free ports, closed at the test's end. */
export async function clinicOf(options: Partial<ClinicOptions> = {}): Promise<Clinic> {
  const clinic = await startClinic({ ...freePorts, clock: systemClock, ...options });
  onTestFinished(() => clinic.close());
  return clinic;
}

/** A folder with the ops.yml that comes with Rounds and its scripts, for a clinic on these ports. */
export async function folderFor(ports: Record<3002 | 3003 | 3004, string | number>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const text = await readFile(join(root, 'ops.yml'), 'utf8');
  await writeFile(
    join(folder, 'ops.yml'),
    text.replace(/\b300[234]\b/g, (port) => String(ports[port as '3002'])),
  );
  await symlink(join(root, 'checks'), join(folder, 'checks'));
  return folder;
}

/** A clinic, watched by the ops.yml that comes with Rounds. `look` measures everything now, by check. */
export async function watchedClinic(): Promise<{ clinic: Clinic; look(): Promise<Map<string, CheckReport>> }> {
  const caFolder = await mkdtemp(join(tmpdir(), 'rounds-ca-'));
  onTestFinished(() => rm(caFolder, { recursive: true, force: true }));
  const clinic = await clinicOf({ caFile: join(caFolder, 'demo-ca.pem') });
  const port = (url: string) => new URL(url).port;
  const folder = await folderFor({
    3002: port(clinic.url),
    3003: port(clinic.databaseUrl),
    3004: port(clinic.tlsUrl),
  });
  await symlink(caFolder, join(folder, 'data'));
  const ops = await loadOps(join(folder, 'ops.yml'), {
    checkTypes: await checkTypes(),
    compile: compileCondition,
    env: {},
  });
  const [store, log] = [await embeddedStore(), memoryLog()];
  const health = createHealth({ ops, store, clock: systemClock, log, reveal: String, patienceMs: 25_000 });
  onTestFinished(() => health.stop());
  return {
    clinic,
    look: async () => {
      const { checks } = await final(health.measure({ scope: all, signal: unhurried }));
      return new Map(checks.map((report) => [report.id, report]));
    },
  };
}
