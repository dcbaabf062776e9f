import type { PageShown } from '../page/contract.ts';
import type { Clock } from '../world.ts';
import type { PhoneEvent } from './event.ts';

/** How many pages the phone remembers; the oldest go first. */
const KEPT_PAGES = 200;

/** What happened to a page; `page.by` says who did it. */
export type Happened = (what: PageShown['status'], page: PageShown) => void;

/** What is on the phone, the newest last: open alerts by dedup key, and those that were resolved. */
export class Alerts {
  /** Called when a page rings, is acknowledged or resolved. */
  onHappened: Happened = () => {};
  private readonly listeners = new Set<() => void>();
  private readonly all: PageShown[];
  private readonly clock: Clock;
  private readonly anybody: () => boolean;

  /** `anybody` = is anybody on call; `before` = what was on it before a restart. */
  constructor(clock: Clock, anybody: () => boolean, before: PageShown[] = []) {
    this.clock = clock;
    this.anybody = anybody;
    this.all = [...before];
  }

  /** Copies, the newest last. */
  shown(): PageShown[] {
    return this.all.map((page) => ({ ...page }));
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Takes an event as PagerDuty does: a trigger on an open alert counts up, other events on no alert do nothing, and with
   * nobody on call nothing rings, though the event was accepted.
   */
  take(event: PhoneEvent, dedupKey: string): void {
    if (event.action === 'acknowledge') this.acknowledge(dedupKey);
    else if (event.action === 'resolve') this.resolve(dedupKey);
    else if (event.action === 'trigger') {
      const open = this.open(dedupKey);
      const { summary, source, severity, details, links } = event;
      if (open) Object.assign(open, { summary, source, severity, details, links, count: open.count + 1 });
      else if (!this.anybody()) return;
      else this.ring({ dedupKey, summary, source, severity, details, links, at: '', status: 'triggered', count: 1 });
      this.changed();
    }
  }

  /** By this user, or by an event. False when no alert with this key is open. */
  acknowledge(dedupKey: string, by?: string): boolean {
    return this.become(dedupKey, 'acknowledged', by);
  }

  /** By this user, or by an event. False when no alert with this key is open. */
  resolve(dedupKey: string, by?: string): boolean {
    return this.become(dedupKey, 'resolved', by);
  }

  private open(dedupKey: string): PageShown | undefined {
    return this.all.find((page) => page.dedupKey === dedupKey && page.status !== 'resolved');
  }

  private ring(page: PageShown): void {
    const rung = { ...page, at: this.clock.now().toISOString() };
    this.all.push(rung);
    if (this.all.length > KEPT_PAGES) this.all.shift();
    this.onHappened('triggered', { ...rung });
  }

  private become(dedupKey: string, status: 'acknowledged' | 'resolved', by: string | undefined): boolean {
    const page = this.open(dedupKey);
    if (!page) return false;
    if (page.status === status && page.by === by) return true;
    Object.assign(page, { status, by, changedAt: this.clock.now().toISOString() });
    this.onHappened(status, { ...page });
    this.changed();
    return true;
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
