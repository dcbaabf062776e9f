import { createHmac } from 'node:crypto';
import type { Receipt } from '../delivery/transport.ts';
import type { DeliveryRecord, WorkspaceEvents } from '../events.ts';
import { newId } from '../ids.ts';
import type { Clock, Json } from '../world.ts';

export interface WebhookTarget {
  url: string;
  secret: string;
  /** When what was not taken is sent again. PagerDuty tries for hours; here a few times. */
  retryDelaysMs?: number[];
}

const RETRY_DELAYS_MS = [1_000, 5_000, 15_000];
/** How long PagerDuty waits for an answer. */
const DEADLINE_MS = 5_000;

/** PagerDuty's webhooks v3: one signed POST an event, in order, again when it was not answered with a 2xx. */
export class Webhooks {
  target: WebhookTarget | undefined;
  private readonly events: WorkspaceEvents;
  private readonly clock: Clock;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly closing = new AbortController();
  private last: Promise<void> = Promise.resolve();

  constructor(events: WorkspaceEvents, clock: Clock) {
    this.events = events;
    this.clock = clock;
  }

  /** Sends what happened, when somebody wants to know. */
  send(what: string, agent: Json, data: Json): void {
    const { target } = this;
    if (!target) return;
    const event = {
      id: newId('01'),
      event_type: `incident.${what}`,
      resource_type: 'incident',
      occurred_at: this.clock.now().toISOString(),
      ...{ agent, client: null, data },
    };
    this.last = this.last.then(() => this.attempt(target, { event }, 0));
  }

  close(): void {
    this.closing.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private async attempt(target: WebhookTarget, payload: Json, attempt: number): Promise<void> {
    if (this.closing.signal.aborted) return;
    const at = this.clock.now();
    const startedMs = performance.now();
    const answer = await this.post(target, JSON.stringify(payload));
    const delivery: DeliveryRecord = {
      ...answer,
      id: newId('De'),
      type: 'pagerduty_webhook',
      payload,
      via: 'http',
      attempt,
      at,
      ms: performance.now() - startedMs,
    };
    this.events.emit({ type: 'delivery', delivery });
    const delayMs = (target.retryDelaysMs ?? RETRY_DELAYS_MS)[attempt];
    if (answer.outcome === 'acked' || delayMs === undefined || this.closing.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(target, payload, attempt + 1);
    }, delayMs);
    this.timers.add(timer);
  }

  private async post({ url, secret }: WebhookTarget, body: string): Promise<Receipt> {
    const signature = `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'PagerDuty-Webhook/V3.0',
          'x-pagerduty-signature': signature,
          'x-webhook-subscription': 'PWEBHOOK',
        },
        redirect: 'manual',
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
      await response.body?.cancel();
      const { ok, status } = response;
      return ok ? { outcome: 'acked', status } : { outcome: 'failed', status, reason: 'http_error' };
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError')
        return { outcome: 'timeout', reason: 'http_timeout' };
      return { outcome: 'failed', reason: 'connection_failed' };
    }
  }
}
