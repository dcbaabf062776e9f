import type { Clock } from '../../kernel/clock.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveWindow } from '../maintenance.ts';
import { asWindow, type Silence } from './model.ts';
import { activeSilences } from './store.ts';

/**
 * The silences as the database said last. While it doesn't answer they stay as they were, and end when their time is up:
 * nothing that is muted is forgotten, and nothing stays muted for ever.
 */
export class KnownSilences {
  private silences: readonly Silence[] = [];
  private asked = 0;
  private answered = 0;
  private readonly store: Store;
  private readonly clock: Clock;

  constructor(options: { store: Store; clock: Clock }) {
    this.store = options.store;
    this.clock = options.clock;
  }

  /** Reads them. An answer that comes after a later one's says nothing new. */
  async read(): Promise<void> {
    this.asked += 1;
    const turn = this.asked;
    const silences = await activeSilences(this.store.db(), this.clock.now());
    if (turn < this.answered) return;
    this.answered = turn;
    this.silences = silences;
  }

  /** The windows they are at `now`. */
  at(now: Date): ActiveWindow[] {
    return this.silences.flatMap((silence) => asWindow(silence, now) ?? []);
  }
}
