import { isObject } from '../args.ts';
import { append } from '../bounded.ts';
import type { WorkspaceEvent } from '../events.ts';
import type { Json } from '../world.ts';
import type { TrafficShown } from './contract.ts';

/** How many lines a visit gets, and how many characters of one payload. */
const KEPT_LINES = 200;
const SHOWN_CHARS = 60_000;
const KEPT_METHODS = 200;

/** The bot's traffic as the drawer shows it: the whole bot's, whoever looks. */
export class TrafficLog {
  readonly entries: TrafficShown[] = [];
  readonly methods = new Set<string>();
  private next = 1;

  /** The line of a call or a delivery, kept; undefined for every other event. */
  take(event: WorkspaceEvent): TrafficShown | undefined {
    const entry = this.line(event);
    if (entry) append(this.entries, entry, KEPT_LINES);
    return entry;
  }

  private line(event: WorkspaceEvent): TrafficShown | undefined {
    if (event.type === 'call') {
      const { method, args, answer, status, ms, at, faulted } = event.call;
      if (this.methods.size < KEPT_METHODS) this.methods.add(method);
      return {
        id: this.next++,
        kind: 'call',
        at: at.toISOString(),
        method,
        sent: bounded(args),
        answer: answer && bounded(answer),
        status,
        ms: rounded(ms),
        faulted,
      };
    }
    if (event.type !== 'delivery') return undefined;
    const { type, payload, ack, outcome, ms, attempt, at } = event.delivery;
    const inner = isObject(payload.event) ? (payload.event.event_type ?? payload.event.type) : payload.type;
    return {
      id: this.next++,
      kind: 'delivery',
      at: at.toISOString(),
      method: type === 'slash_commands' || typeof inner !== 'string' ? type : `${type} ${inner}`,
      sent: bounded(payload),
      answer: ack === undefined ? undefined : bounded(isObject(ack) ? ack : { text: String(ack) }),
      outcome,
      ms: rounded(ms),
      attempt,
    };
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function bounded(body: Json): Json {
  const chars = JSON.stringify(body).length;
  return chars <= SHOWN_CHARS ? body : { left_out: `${chars} characters` };
}
