import { OpsError } from '../kernel/errors.ts';

/** What can be broken, by the word in the path: `POST /break/api`. */
const texts = {
  api: { label: 'API down', help: 'The API answers 503' },
  slow: { label: 'API slow', help: 'The API takes 2.5 s to answer' },
  database: { label: 'Database disconnected', help: 'The database refuses connections, and the API says so' },
  certificate: { label: 'Certificate about to expire', help: 'The TLS endpoint serves one that expires in 5 days' },
  logins: { label: 'Failed logins', help: 'Somebody tries passwords: 120 in 40 minutes, and goes on' },
  backup: { label: 'Backup missed', help: "Last night's backup did not run, and none runs" },
} as const;

export type SwitchId = keyof typeof texts;

export interface Switch {
  id: SwitchId;
  label: string;
  /** What breaks, in a line. */
  help: string;
  on: boolean;
}

/** What happens when a switch is turned; one that has no effect of its own is only looked at. */
export type Effects = Partial<Record<SwitchId, (on: boolean) => Promise<void>>>;

/** The switches that break the clinic. They are turned one after another, and stay as they are when an effect fails. */
export class Switches {
  private readonly on = new Set<SwitchId>();
  private readonly listeners = new Set<() => void>();
  private readonly effects: Effects;
  private turning: Promise<void> = Promise.resolve();

  constructor(effects: Effects) {
    this.effects = effects;
  }

  isOn(id: SwitchId): boolean {
    return this.on.has(id);
  }

  all(): Switch[] {
    return ids.map((id) => ({ id, ...texts[id], on: this.on.has(id) }));
  }

  /** Resolves when what is switched on is broken, or repaired. Throws OpsError `not_found`. */
  set(id: string, on: boolean): Promise<void> {
    return this.undisturbed(() => this.turn(idOf(id), on));
  }

  async repairAll(): Promise<void> {
    for (const { id } of this.all()) await this.set(id, false);
  }

  /** Does work during which no switch is turned. */
  undisturbed(work: () => Promise<void>): Promise<void> {
    const done = this.turning.then(work);
    this.turning = done.catch(() => undefined);
    return done;
  }

  /** Called after every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async turn(id: SwitchId, on: boolean): Promise<void> {
    if (this.on.has(id) === on) return;
    this.note(id, on);
    try {
      await this.effects[id]?.(on);
    } catch (error) {
      this.note(id, !on);
      throw error;
    }
    for (const listener of this.listeners) listener();
  }

  private note(id: SwitchId, on: boolean): void {
    if (on) this.on.add(id);
    else this.on.delete(id);
  }
}

const ids = Object.keys(texts) as SwitchId[];

function idOf(id: string): SwitchId {
  const found = ids.find((known) => known === id);
  if (found !== undefined) return found;
  throw new OpsError('not_found', `The demo clinic has no switch "${id}"`, { hint: `one of ${ids.join(', ')}` });
}
