interface Waiter<Holder> {
  holder: Holder;
  grant: () => void;
  refuse: (error: Error) => void;
}

/**
 * Lends one thing to one holder at a time, first come first served.
 * A holder that asks again while it holds gets it at once.
 */
export class Turns<Holder> {
  private current: Holder | undefined;
  private readonly waiters: Waiter<Holder>[] = [];
  private readonly patienceMs: number;
  private readonly tooLong: () => Error;

  /** Who waits longer than `patienceMs` is refused with the error that `tooLong` makes. */
  constructor(patienceMs: number, tooLong: () => Error) {
    this.patienceMs = patienceMs;
    this.tooLong = tooLong;
  }

  holds(holder: Holder): boolean {
    return this.current === holder;
  }

  take(holder: Holder): Promise<void> {
    if (this.current === undefined) this.current = holder;
    if (this.current === holder) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.refuse(holder, this.tooLong()), this.patienceMs);
      this.waiters.push({
        holder,
        grant: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }

  /** Hands over to the next one; nothing happens unless this holder holds. */
  give(holder: Holder): void {
    if (this.current !== holder) return;
    const next = this.waiters.shift();
    this.current = next?.holder;
    next?.grant();
  }

  /** Takes a waiter out of the queue; its `take` rejects. */
  refuse(holder: Holder, error: Error): void {
    const at = this.waiters.findIndex((waiter) => waiter.holder === holder);
    if (at >= 0) this.waiters.splice(at, 1)[0]!.refuse(error);
  }
}
