interface Waiter {
  lane: Lane;
  go: (release: () => void) => void;
}

interface Lane {
  free: number;
  waiting: Waiter[];
}

/**
 * Places for probes: so many at a time in all, so many in one lane. A probe waits for its lane first, so that a slow
 * host's queue takes no place from others.
 */
export class Slots {
  private readonly lanes = new Map<string, Lane>();
  private readonly waiting: Waiter[] = [];
  private readonly perLane: number;
  private free: number;
  private open = false;

  constructor(limits: { concurrent: number; perLane: number }) {
    this.free = limits.concurrent;
    this.perLane = limits.perLane;
  }

  /**
   * Resolves when a place is free; `release` gives it back, and may be called twice. `most` is the lane's own limit where
   * it is below that of all lanes; the first that comes sets it.
   */
  take(name: string | undefined, most?: number): Promise<() => void> {
    if (this.open) return Promise.resolve(() => {});
    return new Promise((go) => {
      const waiter = { lane: this.lane(name, most), go };
      if (waiter.lane.free > 0) this.enterLane(waiter);
      else waiter.lane.waiting.push(waiter);
    });
  }

  /** Lets everybody through who waits or comes later: the sweep is over, and they end at once. */
  openAll(): void {
    this.open = true;
    const all = [...this.waiting.splice(0), ...[...this.lanes.values()].flatMap((lane) => lane.waiting.splice(0))];
    for (const waiter of all) waiter.go(() => {});
  }

  private lane(name: string | undefined, most = this.perLane): Lane {
    if (name === undefined) return { free: Number.POSITIVE_INFINITY, waiting: [] };
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = { free: Math.min(this.perLane, most), waiting: [] };
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private enterLane(waiter: Waiter): void {
    waiter.lane.free -= 1;
    if (this.free > 0 && this.waiting.length === 0) this.start(waiter);
    else this.waiting.push(waiter);
  }

  private start(waiter: Waiter): void {
    this.free -= 1;
    let held = true;
    waiter.go(() => {
      if (!held) return;
      held = false;
      this.leave(waiter.lane);
    });
  }

  private leave(lane: Lane): void {
    this.free += 1;
    lane.free += 1;
    const sameLane = lane.waiting.shift();
    if (sameLane) this.enterLane(sameLane);
    const next = this.free > 0 ? this.waiting.shift() : undefined;
    if (next) this.start(next);
  }
}
