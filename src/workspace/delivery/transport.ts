import type { DeliveryRecord } from '../events.ts';
import type { Json } from '../world.ts';

export type DeliveryType = DeliveryRecord['type'];

/** What goes to the app. `attempt` counts from 0; a retry carries Slack's reason. */
export interface Parcel {
  type: DeliveryType;
  payload: Json;
  attempt: number;
  retryReason?: string;
}

export type Receipt = Pick<DeliveryRecord, 'outcome' | 'status' | 'ack' | 'reason'>;

/** How long the app may take to acknowledge; tests shorten it on the way. */
export interface Deadline {
  ms: number;
}

/** A way to the app: HTTP requests or Socket Mode. */
export interface Transport {
  readonly via: 'http' | 'socket';
  send(parcel: Parcel): Promise<Receipt>;
  /** Repeats the last parcel exactly; `shiftSeconds` re-signs it with a shifted timestamp (HTTP only). */
  repeat(shiftSeconds?: number): Promise<Receipt>;
}
