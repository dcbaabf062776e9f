import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Program {
  /** Absolute path; no shell reads it. */
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** stdout and stderr together; a program that writes more is killed. */
  maxOutputBytes: number;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
}

/** What came of one run of a program. When it settles, the program and its process group are gone. */
export type ProgramOutcome =
  | { kind: 'ended'; exitCode: number; stdout: string; stderr: string; durationMs: number }
  | { kind: 'killed'; by: string; stderr: string }
  /** The signal was aborted first. */
  | { kind: 'stopped' }
  | { kind: 'too_large' }
  | { kind: 'not_started'; error: Error };

/** What left the group (setsid) may still hold the pipes; it gets this long to let them go. */
const drainMs = 200;

/** Runs a program in a process group of its own. Never rejects. */
export function runProgram(program: Program, signal: AbortSignal): Promise<ProgramOutcome> {
  if (signal.aborted) return Promise.resolve({ kind: 'stopped' });
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<ProgramOutcome>();
  const child = spawn(program.file, program.args, {
    cwd: program.cwd,
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: collect(child.stdout), stderr: collect(child.stderr) };
  let cut: ProgramOutcome | undefined;
  let timer: NodeJS.Timeout | undefined;

  const stop = (outcome: ProgramOutcome) => {
    if (cut !== undefined) return;
    cut = outcome;
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), program.graceMs);
  };
  const onAbort = () => stop({ kind: 'stopped' });
  const onData = () => {
    if (output.stdout.bytes + output.stderr.bytes <= program.maxOutputBytes) return;
    child.stdout.destroy();
    child.stderr.destroy();
    stop({ kind: 'too_large' });
  };
  const finish = (outcome: ProgramOutcome) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    resolve(outcome);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  child.on('error', (error) => {
    if (child.pid === undefined) finish({ kind: 'not_started', error });
  });
  child.on('exit', () => {
    clearTimeout(timer);
    signalGroup(child, 'SIGKILL');
    timer = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, drainMs);
  });
  child.on('close', (exitCode, killedBy) => {
    const stderr = output.stderr.text();
    if (cut !== undefined) finish(cut);
    else if (exitCode === null) finish({ kind: 'killed', by: killedBy ?? 'a signal', stderr });
    else
      finish({
        kind: 'ended',
        exitCode,
        stdout: output.stdout.text(),
        stderr,
        durationMs: performance.now() - startedMs,
      });
  });
  return promise;
}

function collect(stream: Readable) {
  const chunks: Buffer[] = [];
  const collected = { bytes: 0, text: () => Buffer.concat(chunks).toString('utf8') };
  stream.on('data', (chunk: Buffer) => {
    collected.bytes += chunk.length;
    chunks.push(chunk);
  });
  return collected;
}

/** The group lives as long as one of its members, also after its leader; ESRCH = nobody is left. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // EPERM on macOS: only zombies are left in the group.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return;
    throw error;
  }
}
