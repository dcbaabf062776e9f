const closings = new Set<() => Promise<unknown>>();

/** Has `close` called when the test file ends, for tests that fail before they do it; call what it returns once it is done. */
export function atFileEnd(close: () => Promise<unknown>): () => void {
  closings.add(close);
  return () => void closings.delete(close);
}

/** Closes what is still open, the newest first. */
export async function closeLeftovers(): Promise<void> {
  for (const close of [...closings].reverse()) await close();
  closings.clear();
}
