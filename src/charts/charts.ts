import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { OpsError } from '../kernel/errors.ts';
import type { Chart } from './model.ts';

/** Draws charts as pictures. */
export interface Charts {
  /**
   * One PNG a chart, 1600 px wide, in order; the charts of one call go to one child process.
   * @throws OpsError `unavailable` saying why, when the child fails or takes too long, or too many wait; the signal's reason
   * when aborted.
   */
  draw(charts: readonly Chart[], signal?: AbortSignal): Promise<Buffer[]>;
  /** Something waits to be drawn: what nobody asked for is left out. */
  readonly busy: boolean;
}

export interface ChartsOptions {
  /** From the start of a child to its last byte, ms. */
  deadlineMs?: number;
  /** Calls that wait for their turn; more are refused. */
  mostWaiting?: number;
  /** The child's program. */
  script?: string;
}

/** A child takes 1.5 s of a core and up to 220 MB (measured): two at once are too much for a task of half a core. */
const atOnce = 1;
/** Answers and checks go first: three quarters of a core that both want. More would starve it on a machine shared with others. */
const niceness = 5;
const defaultScript = fileURLToPath(new URL('./child.ts', import.meta.url));
/** A chart is 50 to 400 kB. */
const maxOutputBytes = 32 * 1024 * 1024;
const maxErrorBytes = 4_096;

/**
 * Pictures are drawn in a child that lives for one call: 100 MB of fonts, WebAssembly and half-drawn pictures go with it,
 * and neither a crash nor an endless loop reaches the bot.
 */
export function createCharts({
  deadlineMs = 20_000,
  mostWaiting = 10,
  script = defaultScript,
}: ChartsOptions = {}): Charts {
  const limit = pLimit(atOnce);
  return {
    get busy() {
      return limit.pendingCount > 0;
    },
    draw: async (charts, signal = new AbortController().signal) => {
      if (limit.pendingCount >= mostWaiting) throw noPicture('too many are being drawn. Ask again in a minute');
      return limit(async () => {
        signal.throwIfAborted();
        if (charts.length === 0) return [];
        const deadline = AbortSignal.timeout(deadlineMs);
        const ended = await runChild(script, JSON.stringify(charts), AbortSignal.any([signal, deadline]));
        signal.throwIfAborted();
        if (deadline.aborted) throw noPicture(`drawing took more than ${deadlineMs / 1_000} s`);
        if (ended.kind === 'failed') throw noPicture(ended.why);
        const pngs = framesOf(ended.output);
        if (pngs.length !== charts.length) throw noPicture(`${pngs.length} of ${charts.length} charts came back`);
        return pngs;
      });
    },
  };
}

function noPicture(why: string): OpsError {
  return new OpsError('unavailable', `The picture could not be drawn: ${why}`);
}

type Ended = { kind: 'ended'; output: Buffer } | { kind: 'failed'; why: string };

/** Settles when the child is gone; an aborted signal kills it. */
function runChild(script: string, input: string, signal: AbortSignal): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  // It is given no variables: it needs no secret.
  const child = spawn(process.execPath, ['--max-old-space-size=256', script], {
    env: {},
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  const output: Buffer[] = [];
  let bytes = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxOutputBytes) output.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (said.length < maxErrorBytes) said += chunk;
  });
  let failure: string | undefined;
  const failed = (error: Error) => {
    failure ??= error.message;
  };
  child.on('error', failed);
  // A child that dies early closes its stdin: what it said on stderr tells more than the broken pipe.
  child.stdin.on('error', (error) => (failure === undefined ? undefined : failed(error)));
  child.on('close', (exitCode, killedBy) => {
    if (exitCode === 0 && failure === undefined) resolve({ kind: 'ended', output: Buffer.concat(output) });
    else if (bytes > maxOutputBytes) resolve({ kind: 'failed', why: 'it became too large' });
    else
      resolve({ kind: 'failed', why: lastWord(said) ?? failure ?? `its process ended with ${killedBy ?? exitCode}` });
  });
  child.stdin.end(input);
  return promise;
}

/** "RangeError: out of memory", of a stack trace. */
function lastWord(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .find((line) => /^\w*Error\b/.test(line))
    ?.slice(0, 200);
}

/** Of what the child wrote: a length, then that many bytes, again and again. */
function framesOf(output: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 4 <= output.length; ) {
    const end = at + 4 + output.readUInt32BE(at);
    if (end > output.length) break;
    frames.push(output.subarray(at + 4, end));
    at = end;
  }
  return frames;
}
