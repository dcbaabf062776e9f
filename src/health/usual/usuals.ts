import type { Condition, Usual, Usuals } from '../../conditions/model.ts';
import type { Check } from '../../config/model.ts';
import type { Store } from '../../store/store.ts';
import { measuresOf } from '../fingerprint.ts';
import { enoughOf, keptNumber, type LocalHour, localHourOf, usualFacts, usualOf } from './model.ts';
import { earlierDays, type UsualSample, type WantedUsual } from './stored.ts';

interface Options {
  checks: readonly Check[];
  store: Store;
  /** Whose hours and days they are. */
  zone: string;
  /** Waits for the database, not for long; resolves to a warning when it failed. */
  attempt: (what: string, work: () => Promise<void>) => Promise<string | undefined>;
}

/** A check with what its rules need to know of earlier days. */
interface Told {
  usuals: Usuals;
  check: Check;
}

/** What facts usually are at this hour: read once an hour for all checks, since no earlier day changes any more. */
export class UsualValues {
  private readonly checks: Map<string, { check: Check; facts: string[]; measures: string }>;
  private readonly options: Options;
  /** Of the hour that was read last. */
  private read: { hour: string; told: Map<string, Told> } | undefined;

  constructor(options: Options) {
    this.options = options;
    const asking = options.checks.map((check) => ({ check, facts: usualFacts(check) }));
    this.checks = new Map(
      asking
        .filter(({ facts }) => facts.length > 0)
        .map(({ check, facts }) => [check.id, { check, facts, measures: measuresOf(check, options.zone) }]),
    );
  }

  /** The checks with rules that know what is usual now; without the database they are unknown. */
  async tell(checks: readonly Check[], now: Date): Promise<{ checks: Check[]; warning: string | undefined }> {
    if (!checks.some(({ id }) => this.checks.has(id))) return { checks: [...checks], warning: undefined };
    const { told, warning } = await this.at(now);
    return { checks: checks.map((check) => told.get(check.id)?.check ?? check), warning };
  }

  /** What is usual now of the facts that a check's rules ask about; undefined = they ask about none. */
  async of({ id }: Check, now: Date): Promise<Usuals | undefined> {
    if (!this.checks.has(id)) return undefined;
    return (await this.at(now)).told.get(id)?.usuals;
  }

  /** What a measurement adds to its hour. */
  samplesOf({ id }: Check, { at, facts }: { at: Date; facts: Record<string, unknown> }): UsualSample[] {
    const asking = this.checks.get(id);
    if (!asking) return [];
    const { measures } = asking;
    const hour = localHourOf(this.options.zone, at);
    return asking.facts.flatMap((fact) => {
      const value = keptNumber(facts[fact]);
      return value === undefined ? [] : [{ ...hour, fact, measures, value }];
    });
  }

  private async at(now: Date): Promise<{ told: Map<string, Told>; warning: string | undefined }> {
    const hour = localHourOf(this.options.zone, now);
    const key = `${hour.day} ${hour.hour}`;
    if (this.read?.hour === key) return { told: this.read.told, warning: undefined };
    let told: Map<string, Told> | undefined;
    const warning = await this.options.attempt('earlier days not read', async () => {
      told = await this.ask(hour);
    });
    // Without an answer the next sweep asks again.
    if (told) this.read = { hour: key, told };
    return { told: told ?? this.tellAll(() => ({ kind: 'unread' })), warning };
  }

  private async ask(hour: LocalHour): Promise<Map<string, Told>> {
    const wanted = [...this.checks].flatMap(([id, { check, facts, measures }]) =>
      facts.map((fact): WantedUsual => ({ id, fact, measures, enough: enoughOf(check.everyMs) })),
    );
    const days = Map.groupBy(await earlierDays(this.options.store, wanted, hour), ({ id, fact }) => `${id} ${fact}`);
    return this.tellAll((id, fact) => usualOf((days.get(`${id} ${fact}`) ?? []).map(({ value }) => value)));
  }

  private tellAll(usual: (id: string, fact: string) => Usual): Map<string, Told> {
    const all = [...this.checks].map(([id, { check, facts }]): [string, Told] => {
      const usuals = new Map(facts.map((fact) => [fact, usual(id, fact)]));
      const given = (conditions: readonly Condition[]) => conditions.map((condition) => condition.given(usuals));
      const { fail, warn, clear } = check;
      return [id, { usuals, check: { ...check, fail: given(fail), warn: given(warn), clear: given(clear) } }];
    });
    return new Map(all);
  }
}
