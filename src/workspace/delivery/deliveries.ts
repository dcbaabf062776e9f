import { append } from '../bounded.ts';
import type { DeliveryRecord, WorkspaceEvents } from '../events.ts';
import { newId } from '../ids.ts';
import { KEPT } from '../limits.ts';
import type { Clock, Json } from '../world.ts';
import type { DeliveryType, Receipt, Transport } from './transport.ts';

interface Started {
  at: Date;
  ms: number;
}

/** Sends commands, interactions and events to the app, tries events again, and keeps a record of all. */
export class Deliveries {
  transport: Transport | undefined;
  readonly records: DeliveryRecord[] = [];
  private readonly events: WorkspaceEvents;
  private readonly retryDelaysMs: number[];
  private readonly clock: Clock;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(events: WorkspaceEvents, retryDelaysMs: number[], clock: Clock) {
    this.events = events;
    this.retryDelaysMs = retryDelaysMs;
    this.clock = clock;
  }

  /** One attempt; an app that is not connected is a failed delivery. */
  async send(type: DeliveryType, payload: Json, attempt = 0, retryReason?: string): Promise<DeliveryRecord> {
    const started = this.start();
    const { transport } = this;
    const receipt: Receipt = transport
      ? await transport.send({ type, payload, attempt, ...(retryReason && { retryReason }) })
      : { outcome: 'failed', reason: 'not_connected' };
    return this.record(type, payload, attempt, receipt, started);
  }

  /** An event: answers after the first attempt; later attempts follow by Slack's schedule until one is acknowledged. */
  async sendEvent(payload: Json): Promise<DeliveryRecord> {
    const first = await this.send('events_api', payload);
    if (first.outcome !== 'acked') this.scheduleRetry(payload, 1, first.reason ?? 'http_error');
    return first;
  }

  /** The last parcel once more, byte for byte; with a shift, signed for a moment that many seconds away. */
  async again(shiftSeconds?: number): Promise<DeliveryRecord> {
    const last = this.records.at(-1);
    if (!last || !this.transport) throw new Error('Nothing was delivered yet');
    const started = this.start();
    const receipt = await this.transport.repeat(shiftSeconds);
    return this.record(last.type, last.payload, last.attempt, receipt, started);
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private start(): Started {
    return { at: this.clock.now(), ms: performance.now() };
  }

  private scheduleRetry(payload: Json, attempt: number, reason: string): void {
    const delayMs = this.retryDelaysMs[attempt - 1];
    if (delayMs === undefined) return;
    const timer = setTimeout(async () => {
      this.timers.delete(timer);
      const record = await this.send('events_api', payload, attempt, reason);
      if (record.outcome !== 'acked') this.scheduleRetry(payload, attempt + 1, record.reason ?? 'http_error');
    }, delayMs);
    timer.unref();
    this.timers.add(timer);
  }

  private record(
    type: DeliveryType,
    payload: Json,
    attempt: number,
    receipt: Receipt,
    started: Started,
  ): DeliveryRecord {
    const record: DeliveryRecord = {
      id: newId('De'),
      type,
      payload,
      via: this.transport?.via ?? 'http',
      attempt,
      ...receipt,
      at: started.at,
      ms: performance.now() - started.ms,
    };
    append(this.records, record, KEPT.deliveries);
    this.events.emit({ type: 'delivery', delivery: record });
    return record;
  }
}
