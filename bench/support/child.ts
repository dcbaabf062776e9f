import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts a file of this folder as a process; resolves with the first message it sends. `heard` gets every message. */
export async function startChild<T>(
  file: string,
  args: string[] = [],
  heard?: (message: T) => void,
): Promise<{ child: ChildProcess; hello: T; stop(): void }> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  if (heard) child.on('message', heard);
  const [hello] = (await once(child, 'message')) as [T];
  return { child, hello, stop: () => child.kill() };
}

/** CPU seconds (user + system) that this process used during `work`, and its wall time, both in seconds. */
export async function cpuOf<T>(work: () => Promise<T>): Promise<{ result: T; cpu: number; wall: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const used = process.cpuUsage(before);
  return { result, cpu: (used.user + used.system) / 1e6, wall: (performance.now() - started) / 1000 };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
