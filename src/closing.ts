import type { Log } from './kernel/log.ts';

/** What a process has open, closed in reverse order; one part that fails doesn't keep the others open. */
export class Closing {
  readonly #parts: { name: string; close: () => unknown }[] = [];
  #current = 'the start';

  /** The part that is being closed: what hangs when the end doesn't come. */
  get current(): string {
    return this.#current;
  }

  defer(name: string, close: () => unknown): void {
    this.#parts.push({ name, close });
  }

  /** Resolves with whether every part closed well. */
  async closeAll(log: Log): Promise<boolean> {
    let well = true;
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      this.#current = part.name;
      try {
        await part.close();
      } catch (error) {
        log.error({ err: error }, `could not close ${part.name}`);
        well = false;
      }
    }
    return well;
  }
}
