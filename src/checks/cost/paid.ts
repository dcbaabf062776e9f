import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Kept, type KeptValue, Unmeasured } from '../../kernel/check.ts';
import type { Clock } from '../../kernel/clock.ts';

/** Cost Explorer's figures change a few times a day. */
const rememberedMs = 12 * 3_600_000;
/** Whoever asks has so long; past it, it is taken for dead, and another replica asks. */
const claimMs = 120_000;
const lookAgainMs = 500;

/** Refusals that AWS doesn't charge for. */
const free = new Set([
  'denied',
  'no_credentials',
  'throttled',
  'not_entitled',
  'unreachable',
  'misconfigured',
  'empty',
]);

const callsForm = z.object({ day: z.string(), calls: z.int() });
const entryForm = z.object({
  /** When it was asked for, epoch ms; not there before the first answer. */
  atMs: z.number().optional(),
  answer: z.unknown().optional(),
  /** Somebody asks for it until then, epoch ms. */
  claimedUntilMs: z.number().optional(),
});
type Entry = z.output<typeof entryForm>;

export interface Paying {
  kept: Kept;
  /** Names who pays, in keys: no secret. */
  payer: string;
  /** Calls a day (UTC). */
  most: number;
  /** Of the run: what is asked for is asked as of then. */
  now: Date;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * An API that costs money for each call: its answers are kept for 12 h of one UTC day, its calls counted by payer and day,
 * for all replicas and over restarts. Of several that want one answer one asks, and the others wait for it. Throws Unmeasured.
 */
export class PaidCalls {
  readonly #paying: Paying;

  constructor(paying: Paying) {
    this.#paying = paying;
  }

  /** The answer of this name, and when it was asked for; from `load` when there is none, or it is too old. `form` is how it is kept. */
  async remembered<Form extends z.ZodType>(
    name: string,
    form: Form,
    load: () => Promise<z.output<Form>>,
  ): Promise<{ at: Date; answer: z.output<Form> }> {
    const { kept, payer, now, clock, signal } = this.#paying;
    const key = `${name} ${payer}`;
    for (;;) {
      const before = await kept.read(key);
      const entry = entryForm.safeParse(before?.value).data;
      const known = this.#fresh(entry, form);
      if (known) return known;
      const nowMs = clock.now().getTime();
      if ((entry?.claimedUntilMs ?? 0) > nowMs) await this.#wait(name, signal);
      else {
        const claim = await kept.write(key, { ...entry, claimedUntilMs: nowMs + claimMs }, before);
        if (claim) return { at: now, answer: await this.#ask({ key, claim, entry, form, load }) };
      }
    }
  }

  /** Calls that were paid for on this UTC day. */
  async callsToday(): Promise<number> {
    return this.#callsOf(await this.#paying.kept.read(this.#callsKey()));
  }

  /** One call, unless so many were made today: throws Unmeasured then. It counts before it leaves: what dies on its way may cost. */
  async pay<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    await this.#count(1);
    try {
      return await call();
    } catch (error) {
      if (error instanceof Unmeasured && free.has(error.reason)) await unlessAway(this.#count(-1));
      throw error;
    }
  }

  #fresh<Form extends z.ZodType>(entry: Entry | undefined, form: Form) {
    const { now } = this.#paying;
    if (entry?.atMs === undefined) return undefined;
    const at = new Date(entry.atMs);
    const ageMs = now.getTime() - entry.atMs;
    // One of the future is a replica's that began after this run, or was there before the clock went back.
    if (ageMs >= rememberedMs || ageMs < -claimMs || dayOf(at) !== dayOf(now)) return undefined;
    // What another version kept in another form is none.
    const read = form.safeParse(entry.answer);
    return read.success ? { at, answer: read.data } : undefined;
  }

  async #ask<Form extends z.ZodType>(asking: {
    key: string;
    claim: KeptValue;
    entry: Entry | undefined;
    form: Form;
    load: () => Promise<z.output<Form>>;
  }): Promise<z.output<Form>> {
    const { key, claim, entry, form, load } = asking;
    const { kept, now } = this.#paying;
    try {
      const answer = await load();
      await unlessAway(kept.write(key, { atMs: now.getTime(), answer: z.encode(form, answer) }, claim));
      return answer;
    } catch (error) {
      await unlessAway(kept.write(key, { ...entry, claimedUntilMs: undefined }, claim));
      throw error;
    }
  }

  async #wait(name: string, signal: AbortSignal): Promise<void> {
    await pause(lookAgainMs, undefined, { signal }).catch((cause: unknown) => {
      const message = `another replica asks Cost Explorer for the ${name}, and has no answer yet`;
      throw new Unmeasured('timeout', message, { cause });
    });
  }

  async #count(change: 1 | -1): Promise<void> {
    const { kept, most, now } = this.#paying;
    for (;;) {
      const before = await kept.read(this.#callsKey());
      const calls = this.#callsOf(before);
      if (change > 0 && calls >= most)
        throw new Unmeasured('throttled', `the ${most} calls a day that Cost Explorer may get are used up`, {
          next: 'wait for midnight UTC, or raise max_calls (each costs $0.01)',
        });
      if (await kept.write(this.#callsKey(), { day: dayOf(now), calls: Math.max(0, calls + change) }, before)) return;
    }
  }

  #callsKey(): string {
    return `calls ${this.#paying.payer}`;
  }

  #callsOf(kept: KeptValue | undefined): number {
    const counted = callsForm.safeParse(kept?.value).data;
    return counted?.day === dayOf(this.#paying.now) ? counted.calls : 0;
  }
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** What was paid for is told also where it can't be kept. */
async function unlessAway(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Unmeasured)) throw error;
  });
}
