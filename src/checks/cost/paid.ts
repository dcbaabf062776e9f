import { Unmeasured } from '../../kernel/check.ts';

/** Cost Explorer's figures change a few times a day. */
const rememberedMs = 12 * 3_600_000;
/** Answers of accounts that no check asks about any more must not pile up. */
const mostAnswers = 100;

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

/**
 * Keeps the answers of an API that costs money for each call, for 12 h, and counts its calls by account and UTC day. All of
 * it ends with the process: a restart asks anew.
 */
export class PaidCalls {
  #answers = new Map<string, { at: Date; answer: unknown }>();
  #calls = new Map<string, { day: string; calls: number }>();

  /** The answer under this key, and when it came; from `load` when there is none or it is too old. */
  async remembered<Answer>(key: string, now: Date, load: () => Promise<Answer>): Promise<{ at: Date; answer: Answer }> {
    const known = this.#answers.get(key);
    const ageMs = known ? now.getTime() - known.at.getTime() : Number.POSITIVE_INFINITY;
    if (known && ageMs >= 0 && ageMs < rememberedMs) return { at: known.at, answer: known.answer as Answer };
    const answer = await load();
    this.#answers.delete(key);
    this.#answers.set(key, { at: now, answer });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > mostAnswers && oldest !== undefined) this.#answers.delete(oldest);
    return { at: now, answer };
  }

  /** Calls that were paid for on this UTC day. */
  callsOf(payer: string, now: Date): number {
    const day = now.toISOString().slice(0, 10);
    const counted = this.#calls.get(payer);
    return counted?.day === day ? counted.calls : 0;
  }

  /** One call, unless so many were made today: throws Unmeasured then. */
  async pay<Answer>(payer: string, most: number, now: Date, call: () => Promise<Answer>): Promise<Answer> {
    if (this.callsOf(payer, now) >= most)
      throw new Unmeasured('throttled', `the ${most} calls a day that Cost Explorer may get are used up`, {
        next: 'wait for midnight UTC, or raise max_calls (each costs $0.01)',
      });
    try {
      const answer = await call();
      this.#count(payer, now);
      return answer;
    } catch (error) {
      if (!(error instanceof Unmeasured && free.has(error.reason))) this.#count(payer, now);
      throw error;
    }
  }

  #count(payer: string, now: Date): void {
    this.#calls.set(payer, { day: now.toISOString().slice(0, 10), calls: this.callsOf(payer, now) + 1 });
  }
}
