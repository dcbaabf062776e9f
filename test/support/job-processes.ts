import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';
import type { Pace } from '../../src/jobs/pace.ts';

/** What a job process said, oldest first. */
export type Said = { said: string } & Record<string, unknown>;

export interface JobProcess {
  child: ChildProcess;
  said: Said[];
  /** Resolves with the first line of this kind, also when it was said before. */
  until(said: string): Promise<Said>;
}

const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...running].map(end));
});

/** A worker in a process of its own, ended after the test; see jobs-process.ts. */
export async function startJobProcess(databaseUrl: string, pace: Partial<Pace> = {}): Promise<JobProcess> {
  const file = join(import.meta.dirname, 'jobs-process.ts');
  const child = spawn(process.execPath, [file, databaseUrl, JSON.stringify(pace)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => said.push(JSON.parse(line) as Said));
  const until = async (word: string): Promise<Said> => {
    for (;;) {
      const found = said.find((one) => one.said === word);
      if (found) return found;
      const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
      if (line === undefined) throw new Error(`the process ended, it never said "${word}"`);
    }
  };
  await until('open');
  return { child, said, until };
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
