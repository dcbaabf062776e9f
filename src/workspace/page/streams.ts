import type { ServerResponse } from 'node:http';
import type { WorkspaceEvent } from '../events.ts';
import type { WorkspaceState } from '../state.ts';
import type { User } from '../world.ts';
import type { PageEvent, Snapshot } from './contract.ts';
import { deltasFor } from './deltas.ts';
import { isPerson } from './visible.ts';

const HEARTBEAT_MS = 15_000;
/** What may wait for a page that doesn't read, beside its first snapshot. */
const WAITING_BYTES = 4_000_000;

interface Stream {
  response: ServerResponse;
  viewer: User;
  known: Set<string>;
  mayWaitBytes: number;
}

/** The open pages: each is told what its viewer may see, as Server-Sent Events. */
export class Streams {
  private readonly open = new Set<Stream>();
  private readonly state: WorkspaceState;
  private readonly heart: NodeJS.Timeout;

  constructor(state: WorkspaceState, heartbeatMs = HEARTBEAT_MS) {
    this.state = state;
    this.heart = setInterval(() => {
      for (const stream of this.open) this.write(stream, ': still here\n\n');
    }, heartbeatMs);
    this.heart.unref();
  }

  /** Begins with the snapshot; the page's EventSource comes back a second after a break and gets a fresh one. */
  begin(response: ServerResponse, viewer: User, snapshot: Snapshot): void {
    const hello = `retry: 1000\n\n${line({ type: 'hello', snapshot })}`;
    const stream: Stream = {
      response,
      viewer,
      known: new Set(snapshot.channels.map(({ id }) => id)),
      mayWaitBytes: WAITING_BYTES + Buffer.byteLength(hello),
    };
    this.open.add(stream);
    response.on('close', () => this.open.delete(stream));
    this.write(stream, hello);
  }

  /** Passes on an event of the workspace to whoever may see it. */
  pass(event: WorkspaceEvent): void {
    for (const stream of this.open) {
      if (!isPerson(stream.viewer)) this.drop(stream);
      else
        for (const delta of deltasFor(this.state, stream.viewer, event, stream.known)) this.write(stream, line(delta));
    }
  }

  /** Tells everybody. */
  tell(event: PageEvent): void {
    const text = line(event);
    for (const stream of this.open) this.write(stream, text);
  }

  close(): void {
    clearInterval(this.heart);
    for (const stream of this.open) this.drop(stream);
  }

  private write(stream: Stream, text: string): void {
    if (stream.response.destroyed) return;
    stream.response.write(text);
    if (stream.response.writableLength > stream.mayWaitBytes) this.drop(stream);
  }

  private drop(stream: Stream): void {
    this.open.delete(stream);
    stream.response.destroy();
  }
}

function line(event: PageEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
