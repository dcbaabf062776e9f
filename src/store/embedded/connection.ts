import { Duplex } from 'node:stream';
import type { Peer, Session } from './session.ts';
import { readBatch, readStartup } from './wire.ts';

const NO_ENCRYPTION = Buffer.from('N');

/** What `pg` takes for a socket: one client's virtual connection to the embedded database. */
export class Connection extends Duplex implements Peer {
  private readonly session: Session;
  private input: Buffer = Buffer.alloc(0);
  private greeted = false;
  private working: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    super();
    this.session = session;
    session.enter(this);
  }

  // The parts of net.Socket that pg calls.
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  deliver(bytes: Buffer): void {
    if (!this.destroyed && bytes.length > 0) this.push(bytes);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.input = this.input.length > 0 ? Buffer.concat([this.input, chunk]) : chunk;
    this.working = this.work();
    this.working.then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.session.stopWaiting(this);
    // A batch that is running can't be stopped: only behind it is known whether a transaction is open.
    // How the batch itself ended was told to whoever wrote it.
    Promise.allSettled([this.working])
      .then(() => this.session.leave(this))
      .then(
        () => done(error),
        (failed: Error) => done(error ?? failed),
      );
  }

  /** Runs every complete batch in the input, one after another. */
  private async work(): Promise<void> {
    while (!this.destroyed) {
      const front = this.greeted ? readBatch(this.input) : readStartup(this.input);
      if (front.kind === 'incomplete') return;
      const bytes = this.input.subarray(0, front.end);
      this.input = this.input.subarray(front.end);
      if (front.kind === 'batch') {
        await this.session.run(this, bytes);
      } else if (front.kind === 'startup') {
        this.greeted = true;
        this.deliver(this.session.greeting);
      } else if (front.kind === 'encryption') {
        this.deliver(NO_ENCRYPTION);
      } else {
        // Terminate, or a cancel request, which an in-process database can't follow.
        this.push(null);
        this.destroy();
      }
    }
  }
}
