import { append } from '../bounded.ts';
import type { ReceivedShown } from '../page/contract.ts';
import type { Clock } from '../world.ts';

/** How many of them are kept; the oldest go first. */
const KEPT_RECEIVED = 100;
/** Of what was sent no more is kept. */
const KEPT_CHARS = { words: 4_000, subject: 200, address: 254 };

/** E-mails, text messages and calls that came, the newest last. */
export class Received {
  private readonly listeners = new Set<(item: ReceivedShown) => void>();
  private readonly all: ReceivedShown[];
  private readonly clock: Clock;
  private readonly nameAt: (address: string) => string | undefined;

  /** `nameAt` = whose address or number it is; `before` = what had come before a restart. */
  constructor(clock: Clock, nameAt: (address: string) => string | undefined, before: ReceivedShown[] = []) {
    this.clock = clock;
    this.nameAt = nameAt;
    this.all = [...before];
  }

  shown(): ReceivedShown[] {
    return [...this.all];
  }

  /** Hears of each that comes, until the returned function is called. */
  onReceived(listener: (item: ReceivedShown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  take({ way, to, from, subject, words }: Omit<ReceivedShown, 'id' | 'at' | 'name'>): void {
    const name = this.nameAt(to);
    const item: ReceivedShown = {
      id: (this.all.at(-1)?.id ?? 0) + 1,
      at: this.clock.now().toISOString(),
      ...{ way, to: readable(to, KEPT_CHARS.address), from: readable(from, KEPT_CHARS.address) },
      ...(name !== undefined && { name }),
      ...(subject !== undefined && { subject: readable(subject, KEPT_CHARS.subject) }),
      words: readable(words, KEPT_CHARS.words),
    };
    append(this.all, item, KEPT_RECEIVED);
    for (const listener of [...this.listeners]) listener(item);
  }
}

/** Without marks that nobody sees, some of which turn the direction of what stands behind them. */
function readable(text: string, maxChars: number): string {
  const plain = text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim();
  return (plain.length > maxChars ? `${plain.slice(0, maxChars - 1)}…` : plain).toWellFormed();
}
