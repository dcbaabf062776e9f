import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './config/environment.ts';
import { nextWallTime } from './jobs/wall-time.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { formatDuration } from './kernel/duration.ts';
import { OpsError } from './kernel/errors.ts';
import type { Log } from './kernel/log.ts';
import { type Ahead, MovableClock } from './kernel/movable-clock.ts';

/** Saved this often while it runs faster than the machine's. */
const everyMs = 2_000;
const kept = z.strictObject({ saved_at: z.coerce.date(), ahead_ms: z.number(), speed: z.number().min(1) });
const nameOf = (dataDir: string) => join(dataDir, 'clock.json');

export interface PlayClockOptions {
  dataDir: string;
  log: Pick<Log, 'info' | 'warn'>;
  /** Forget how far the clock was moved. */
  reset?: boolean;
  base?: Clock;
}

/**
 * The clock of a try-out, moved by whoever plays with it. How far it is ahead outlives a restart, since what the database
 * holds would lie in the future otherwise; its speed doesn't.
 */
export class PlayClock extends MovableClock {
  readonly #options: PlayClockOptions;
  readonly #base: Clock;
  /** It differs from what the file says. */
  #unsaved = false;
  #zone = 'UTC';
  #saving: NodeJS.Timeout | undefined;

  /** Throws OpsError `invalid` when the file in DATA_DIR is not what was saved there. */
  constructor(options: PlayClockOptions) {
    const { dataDir, reset = false, base = systemClock } = options;
    super(base, reset ? {} : (keptAhead(dataDir, base) ?? {}));
    this.#options = options;
    this.#base = base;
  }

  /** The IANA zone of `jump`: the team's once the configuration is read. */
  get zone(): string {
    return this.#zone;
  }

  /** On to the next time that the clock on the wall shows `HH:MM` in its zone. Throws OpsError `invalid`. */
  jump(to: string): void {
    this.leapTo(nextWallTime(this.#zone, to, this.now()));
  }

  override setSpeed(speed: number): void {
    super.setSpeed(speed);
    this.#save();
  }

  override leapTo(moment: Date): void {
    super.leapTo(moment);
    this.#save();
  }

  /** The configuration is read, and DATA_DIR is this process's own: from now on changes are kept there. */
  begin(zone: string): void {
    this.#zone = zone;
    if (this.#options.reset) rmSync(nameOf(this.#options.dataDir), { force: true });
    this.#saving ??= setInterval(() => this.speed > 1 && this.#save(), everyMs).unref();
    if (this.#unsaved) this.#save();
    const { aheadMs } = this;
    if (aheadMs >= 1_000)
      this.#options.log.info(`this try-out's clock was moved: it is ${formatDuration(aheadMs)} ahead`);
    this.changed();
  }

  /** No more changes; what it shows now is kept. */
  close(): void {
    if (this.speed > 1) this.setSpeed(1);
    clearInterval(this.#saving);
  }

  #save(): void {
    this.#unsaved = true;
    if (!this.#saving) return;
    const file = nameOf(this.#options.dataDir);
    const { aheadMs, speed } = this;
    const text = JSON.stringify({ saved_at: this.#base.now(), ahead_ms: aheadMs, speed });
    try {
      writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      this.#unsaved = false;
    } catch (error) {
      this.#options.log.warn({ err: error }, `how far the clock was moved could not be saved in ${file}`);
    }
  }
}

/**
 * For a terminal that opens the embedded database of a try-out itself: the time that its bot showed. Undefined: nobody
 * moved it, or the database is a team's.
 */
export function movedClock({ slack, databaseUrl, dataDir }: Environment): Clock | undefined {
  if (slack.kind !== 'none' || databaseUrl !== undefined) return undefined;
  const ahead = keptAhead(dataDir, systemClock);
  return ahead && new MovableClock(systemClock, ahead);
}

/** For a bot that is not a try-out: what its database holds may lie in the future. Never keeps it from starting. */
export function warnOfMovedClock(dataDir: string, log: Pick<Log, 'warn'>): void {
  try {
    if ((keptAhead(dataDir, systemClock)?.aheadMs ?? 0) < 1_000) return;
  } catch (error) {
    log.warn({ err: error }, 'whether a try-out moved its clock is not known');
    return;
  }
  const words = 'is of a try-out whose clock was moved, so times in its database lie in the future';
  log.warn(`${dataDir} ${words}: set DATA_DIR to another folder, or remove this one`);
}

/** How far the clock is ahead now, at least where it was when it was saved; undefined = nobody moved it. */
function keptAhead(dataDir: string, base: Clock): Ahead | undefined {
  const file = nameOf(dataDir);
  const text = contentOf(file);
  if (text === undefined) return undefined;
  const { saved_at, ahead_ms, speed } = readKept(file, text);
  const sinceMs = base.now().getTime() - saved_at.getTime();
  // It ran on until the process was killed, which was before the next save.
  const ranOnMs = (speed - 1) * Math.min(Math.max(0, sinceMs), 2 * everyMs);
  return { aheadMs: Math.max(ahead_ms + ranOnMs, ahead_ms - sinceMs), knownMs: Math.max(0, sinceMs) };
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
}

function readKept(file: string, text: string): z.infer<typeof kept> {
  try {
    return kept.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): OpsError {
  return new OpsError('invalid', `${file} does not say how far the clock was moved`, {
    hint: 'Start afresh with `npm start -- --reset`, which throws away the try-out’s database, too.',
    cause,
  });
}
