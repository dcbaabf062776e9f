import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { WorkspaceEvent } from '../events.ts';
import { type Kept, kept } from './kept.ts';

type Warn = (message: string) => void;

/** How long after a change the file is written. */
const PAUSE_MS = 1_000;

/** What passes without changing anything that is kept. */
const FLEETING = new Set<WorkspaceEvent['type']>([
  'call',
  'delivery',
  'ephemeral_posted',
  'ephemeral_changed',
  'ephemeral_deleted',
  'view_opened',
  'view_updated',
  'view_closed',
  'home_published',
  'socket_opened',
  'socket_closed',
  'http_connected',
]);

/** Did this event change something that is kept? */
export function changesKept(event: WorkspaceEvent): boolean {
  return !FLEETING.has(event.type);
}

/**
 * What an earlier run kept; `{}` when there is nothing. A file that is none of ours, or broken, is moved aside and
 * `warn` says so; one that can't even be moved is left alone, and `{ off: true }` says that nothing may be kept.
 */
export async function readKept(file: string, warn: Warn): Promise<{ found?: Kept; off?: boolean }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    warn(`${file} can't be read (${codeOf(error)}): the local workspace starts afresh and keeps nothing`);
    return { off: true };
  }
  const read = understood(text);
  if ('found' in read) return read;
  const aside = `${file}.broken`;
  try {
    await rename(file, aside);
  } catch (error) {
    warn(`${file} is no workspace of Rounds (${read.why}) and can't be moved (${codeOf(error)}): nothing is kept`);
    return { off: true };
  }
  warn(`${file} is no workspace of Rounds (${read.why}): moved to ${aside}, the local workspace starts afresh`);
  return {};
}

function understood(text: string): { found: Kept } | { why: string } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { why: 'no JSON' };
  }
  const read = kept.safeParse(content);
  if (read.success) return { found: read.data };
  return { why: z.prettifyError(read.error).split('\n').slice(0, 2).join(' ').trim() };
}

/** Writes what is to be kept, a second after a change and at the end: whole, or not at all. */
export class Keeper {
  private readonly file: string;
  private readonly content: () => Kept;
  private readonly warn: Warn;
  private mayWrite: boolean;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** Nothing is written before `from` resolves. */
  constructor(file: string, content: () => Kept, { warn, from }: { warn: Warn; from?: Promise<void> | undefined }) {
    this.file = file;
    this.content = content;
    this.warn = warn;
    this.mayWrite = from === undefined;
    void from?.then(() => {
      this.mayWrite = true;
      this.soon();
    });
  }

  /** Something changed. */
  soon(): void {
    this.timer ??= setTimeout(() => void this.write(), PAUSE_MS).unref();
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    if (this.timer) await this.write();
    await this.writing;
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.mayWrite) return this.writing;
    this.writing = this.writing.then(() => this.replace());
    return this.writing;
  }

  private async replace(): Promise<void> {
    // Always the same name: what a crash leaves behind is overwritten.
    const unfinished = `${this.file}.new`;
    try {
      await mkdir(dirname(this.file), { recursive: true });
      await writeFile(unfinished, JSON.stringify(this.content()), { mode: 0o600, flush: true });
      await rename(unfinished, this.file);
    } catch (error) {
      this.warn(`the local workspace can't be kept in ${this.file} (${codeOf(error)})`);
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
