import type { Json, Message, View } from './world.ts';

/** One Web API call, as it came and as it was answered. */
export interface ApiCall {
  method: string;
  args: Json;
  /** The answer's body; undefined when the connection was dropped before it. */
  answer?: Json;
  status: number;
  /** The first characters of the token, enough to tell tokens apart. */
  tokenHint: string;
  ms: number;
  at: Date;
  /** True when a fault on demand changed what happened. */
  faulted: boolean;
}

/** One request to the app: a command, an interaction or an event of the workspace, a webhook of the phone. */
export interface DeliveryRecord {
  id: string;
  type: 'slash_commands' | 'interactive' | 'events_api' | 'url_verification' | 'pagerduty_webhook';
  payload: Json;
  via: 'http' | 'socket';
  attempt: number;
  /** When it was sent off. */
  at: Date;
  outcome: 'acked' | 'timeout' | 'failed';
  /** HTTP status, in HTTP mode. */
  status?: number;
  ack?: unknown;
  reason?: string;
  ms: number;
}

export type WorkspaceEvent =
  | { type: 'call'; call: ApiCall }
  | { type: 'delivery'; delivery: DeliveryRecord }
  | { type: 'message_posted' | 'message_changed' | 'message_deleted'; message: Message }
  | { type: 'ephemeral_posted' | 'ephemeral_changed' | 'ephemeral_deleted'; message: Message }
  | { type: 'view_opened' | 'view_updated' | 'view_closed' | 'home_published'; view: View }
  | { type: 'channel_changed'; channel: string }
  /** An account or a user group came, changed or went. */
  | { type: 'people_changed' }
  /** The app is reached over HTTP from now on. */
  | { type: 'http_connected' }
  | { type: 'socket_opened' | 'socket_closed'; sockets: number };

export type Listener = (event: WorkspaceEvent) => void;

/** Tells listeners what happened, in order. */
export class WorkspaceEvents {
  private readonly listeners = new Set<Listener>();

  /** Listens until the returned function is called. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: WorkspaceEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  /**
   * Asks `probe` now and after every event until it answers something other than undefined, null or false.
   * Rejects after `timeoutMs` (25,000) naming `what`; a throw in the probe rejects at once.
   */
  waitFor<T>(
    probe: (event?: WorkspaceEvent) => T | undefined | null | false,
    { timeoutMs = 25_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let stop: () => void = () => {};
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${timeoutMs} ms in vain for ${what}`));
      }, timeoutMs);
      const settle = (action: () => void) => {
        clearTimeout(timer);
        stop();
        action();
      };
      const ask = (event?: WorkspaceEvent) => {
        try {
          const answer = probe(event);
          if (answer !== undefined && answer !== null && answer !== false) settle(() => resolve(answer));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      stop = this.on(ask);
      ask();
    });
  }
}
