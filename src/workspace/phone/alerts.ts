import type { PageShown } from '../page/contract.ts';
import type { Clock } from '../world.ts';
import type { PhoneEvent } from './event.ts';

/** How many pages the phone remembers; the oldest go first. */
const KEPT_PAGES = 200;

/** What is on the phone, the newest last: open alerts by dedup key, and those that were resolved. */
export class Alerts {
  private readonly listeners = new Set<() => void>();
  private readonly all: PageShown[];
  private readonly clock: Clock;

  /** `before` = what was on it before a restart. */
  constructor(clock: Clock, before: PageShown[] = []) {
    this.clock = clock;
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

  /** Takes an event as PagerDuty does: a trigger on an open alert counts up, other events on no alert do nothing. */
  take(event: PhoneEvent, dedupKey: string): void {
    if (event.action === 'acknowledge') this.acknowledge(dedupKey);
    else if (event.action === 'resolve') this.resolve(dedupKey);
    else if (event.action === 'trigger') {
      const open = this.open(dedupKey);
      const { summary, source, severity, details, links } = event;
      if (open) Object.assign(open, { summary, source, severity, details, links, count: open.count + 1 });
      else this.ring({ dedupKey, summary, source, severity, details, links, at: '', status: 'triggered', count: 1 });
      this.changed();
    }
  }

  /** False when no alert with this key is open. A webhook back to the bot would leave from here. */
  acknowledge(dedupKey: string): boolean {
    return this.become(dedupKey, 'acknowledged');
  }

  /** False when no alert with this key is open. */
  resolve(dedupKey: string): boolean {
    return this.become(dedupKey, 'resolved');
  }

  private open(dedupKey: string): PageShown | undefined {
    return this.all.find((page) => page.dedupKey === dedupKey && page.status !== 'resolved');
  }

  private ring(page: PageShown): void {
    this.all.push({ ...page, at: this.clock.now().toISOString() });
    if (this.all.length > KEPT_PAGES) this.all.shift();
  }

  private become(dedupKey: string, status: 'acknowledged' | 'resolved'): boolean {
    const page = this.open(dedupKey);
    if (!page) return false;
    page.status = status;
    this.changed();
    return true;
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
