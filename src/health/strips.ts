import { sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';
import { type Outcome, outcomes } from './model.ts';
import type { HealthTables } from './tables.ts';

/** Worst outcome of each half hour of the last 24 h, oldest first; null = nothing measured. */
export type Strip = (Outcome | null)[];

const slotMs = 1_800_000;
const slots = 48;

/**
 * The strips of all checks by one query. A day of 200 checks is 288,000 results, so what is over is kept: the first
 * reading looks at all of it, later ones at the slots since the one before the last.
 */
export class Strips {
  /** Worst outcome by check and slot (half hours since the epoch). */
  private readonly worst = new Map<string, Map<number, Outcome>>();
  private readTo: number | undefined;
  private reading: Promise<void> | undefined;
  private readonly options: { ids: readonly string[]; store: Store; clock: Clock };

  constructor(options: { ids: readonly string[]; store: Store; clock: Clock }) {
    this.options = options;
  }

  /** Reads what is new; those who ask meanwhile share it. Rejects as the database does. */
  read(): Promise<void> {
    this.reading ??= this.readNew().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** The strips as they were read last. */
  all(): Map<string, Strip> {
    const last = this.slotNow();
    return new Map(
      [...this.worst].map(([id, worst]) => [
        id,
        Array.from({ length: slots }, (_, at) => worst.get(last - slots + 1 + at) ?? null),
      ]),
    );
  }

  private slotNow(): number {
    return Math.floor(this.options.clock.now().getTime() / slotMs);
  }

  private async readNew(): Promise<void> {
    const { ids, store, clock } = this.options;
    const now = clock.now();
    const last = this.slotNow();
    const first = Math.max(last - slots + 1, this.readTo === undefined ? 0 : this.readTo - 1);
    const answer = await sql<{ check_id: string; slot: number; outcome: Outcome }>`
      select check_id, floor(extract(epoch from at) * 1000 / ${slotMs}::double precision)::int as slot, outcome
      from check_result
      where check_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
        and at >= ${new Date(first * slotMs)} and at <= ${now}
      group by 1, 2, 3`.execute(store.db<HealthTables>());
    for (const worst of this.worst.values()) {
      for (const slot of worst.keys()) if (slot >= first || slot <= last - slots) worst.delete(slot);
    }
    for (const { check_id: id, slot, outcome } of answer.rows) {
      const worst = this.worst.get(id) ?? new Map<number, Outcome>();
      this.worst.set(id, worst.set(slot, worse(worst.get(slot), outcome)));
    }
    this.readTo = last;
  }
}

/** The worst of each half hour over several checks. */
export function mergeStrips(strips: readonly Strip[]): Strip {
  return Array.from({ length: Math.max(0, ...strips.map((strip) => strip.length)) }, (_, at) => {
    return strips.reduce<Outcome | null>((worst, strip) => {
      const outcome = strip[at] ?? null;
      return outcome === null ? worst : worse(worst ?? undefined, outcome);
    }, null);
  });
}

function worse(a: Outcome | undefined, b: Outcome): Outcome {
  return a !== undefined && outcomes.indexOf(a) < outcomes.indexOf(b) ? a : b;
}
