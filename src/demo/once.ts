/** Does the work when it is first asked for, and keeps its result; after a failure whoever asks next begins anew. */
export function once<Given extends unknown[], T>(
  work: (...given: Given) => Promise<T>,
): (...given: Given) => Promise<T> {
  let running: Promise<T> | undefined;
  return (...given) => {
    running ??= work(...given).catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
