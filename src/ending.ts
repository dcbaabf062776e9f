/** The end of a process that is told to end: by the first SIGINT or SIGTERM, at the latest by its deadline. */
export interface Ending {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** The name of the first signal. */
  told: Promise<NodeJS.Signals>;
  /** Starts the deadline without a signal: the process ends by its own will. */
  begin(): void;
  /** Everything is closed: the process may exit by itself before its deadline. */
  over(): void;
}

export interface EndingOptions {
  /** Called when the deadline is over, right before the process exits with 3: says what hangs. */
  onDeadline: () => void;
  /** From the first signal to the exit, whatever hangs; below the 10 s of Docker. Default 9 s. */
  deadlineMs?: number;
  /** A signal that follows this soon is the same Ctrl-C, passed on by npm or a shell. Default 2 s. */
  repeatMs?: number;
}

const codes: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Listens to signals until the process exits: a repeat is ignored, a later second one exits at once with 130 or 143. */
export function endOnSignals({ onDeadline, deadlineMs = 9_000, repeatMs = 2_000 }: EndingOptions): Ending {
  const aborting = new AbortController();
  const told = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  let deadline: NodeJS.Timeout | undefined;
  const begin = () => {
    deadline ??= setTimeout(() => {
      onDeadline();
      process.exit(3);
    }, deadlineMs);
  };
  for (const [name, code] of Object.entries(codes) as [NodeJS.Signals, number][]) {
    process.on(name, () => {
      if (firstAt !== undefined && performance.now() - firstAt > repeatMs) process.exit(code);
      if (firstAt !== undefined) return;
      firstAt = performance.now();
      begin();
      told.resolve(name);
      aborting.abort();
    });
  }
  return { signal: aborting.signal, told: told.promise, begin, over: () => deadline?.unref() };
}

/** The promise's value, or a rejection as soon as `signal` is aborted; what the promise stands for goes on unwatched. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', abort));
}
