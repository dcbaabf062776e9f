import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../kernel/log.ts';
import { type Entry, entrySchema } from './model.ts';

/** Where declarations wait for the database: a file each, on the disk before anything else is done. */
export interface JournalFiles {
  /**
   * Writes a new one down, synced with its folder. `lost`: the disk did not take it; this process remembers it until it
   * ends. What is there under its name already stays, and is what it resolves to.
   */
  add(entry: Entry): Promise<{ entry: Entry; lost?: string }>;
  /** Writes what became of one; resolves to it as it is then. One that was taken away meanwhile stays away. Never rejects. */
  change(entry: Entry, change: (entry: Entry) => Entry): Promise<Entry>;
  get(dedupKey: string): Promise<Entry | undefined>;
  /** Oldest first. */
  list(): Promise<Entry[]>;
  /** It is an incident now. */
  remove(dedupKey: string): Promise<void>;
}

/** A disk that hangs holds no page up. */
const diskPatienceMs = 2_000;

export function journalFiles(folder: string | undefined, log: Log, patienceMs = diskPatienceMs): JournalFiles {
  /** What the disk did not take. */
  const remembered = new Map<string, Entry>();
  const unreadable = new Set<string>();
  const turns = new Map<string, Promise<unknown>>();
  const nameOf = (dedupKey: string) => `${dedupKey.replace('rounds:journal:', '')}.json`;

  /** One after another for each: its page and its post are written by different hands. */
  function inTurn<T>(dedupKey: string, work: () => Promise<T>): Promise<T> {
    const done = (turns.get(dedupKey) ?? Promise.resolve()).then(work);
    const settled = done
      .catch(() => {})
      .finally(() => {
        if (turns.get(dedupKey) === settled) turns.delete(dedupKey);
      });
    turns.set(dedupKey, settled);
    return done;
  }

  async function write(entry: Entry, how: 'new' | 'over'): Promise<void> {
    if (folder === undefined) throw new Error('there is no folder for it');
    const file = join(folder, nameOf(entry.dedupKey));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${process.pid}-${performance.now()}`;
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(entry));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (how === 'over') await rename(unfinished, file);
    // A link replaces nothing: whoever was first stays.
    else await link(unfinished, file).finally(() => unlink(unfinished));
    await synced(folder);
  }

  async function read(name: string): Promise<Entry | undefined> {
    try {
      return entrySchema.parse(JSON.parse(await readFile(join(folder!, name), 'utf8')));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      if (!unreadable.has(name)) log.error({ err: error, file: name }, "a declaration in the journal can't be read");
      unreadable.add(name);
      return undefined;
    }
  }

  async function onDisk(): Promise<Entry[]> {
    if (folder === undefined) return [];
    const names = await readdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') log.debug({ err: error }, 'the journal is not read');
      return [];
    });
    const whole = await Promise.all(names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map(read));
    return whole.filter((entry) => entry !== undefined);
  }

  const get: JournalFiles['get'] = async (dedupKey) =>
    remembered.get(dedupKey) ?? (folder === undefined ? undefined : read(nameOf(dedupKey)));

  return {
    get,
    add: async (entry) => {
      const known = await within(get(entry.dedupKey), patienceMs).catch(() => undefined);
      if (known) return { entry: known };
      try {
        await within(write(entry, 'new'), patienceMs);
        return { entry };
      } catch (error) {
        const there = codeOf(error) === 'EEXIST' ? await get(entry.dedupKey) : undefined;
        if (there) return { entry: there };
        remembered.set(entry.dedupKey, entry);
        log.error({ err: error, folder }, 'a declaration is not in the journal: this process alone remembers it');
        return { entry, lost: codeOf(error) ?? messageOf(error) };
      }
    },
    change: (given, change) =>
      inTurn(given.dedupKey, async () => {
        const { dedupKey } = given;
        const there = await get(dedupKey);
        const changed = change(there ?? given);
        if (remembered.has(dedupKey)) remembered.set(dedupKey, changed);
        else if (there) {
          await within(write(changed, 'over'), patienceMs).catch((error: unknown) => {
            log.warn({ err: error }, 'what became of a declaration is not in the journal: it may be sent again');
          });
        }
        return changed;
      }),
    list: async () => {
      const all = new Map((await onDisk()).map((entry) => [entry.dedupKey, entry]));
      for (const entry of remembered.values()) all.set(entry.dedupKey, entry);
      return [...all.values()].sort((a, b) => a.made.at.getTime() - b.made.at.getTime());
    },
    remove: (dedupKey) =>
      inTurn(dedupKey, async () => {
        const onlyRemembered = remembered.delete(dedupKey);
        if (folder === undefined) return;
        await unlink(join(folder, nameOf(dedupKey))).catch((error: unknown) => {
          if (codeOf(error) !== 'ENOENT' && !onlyRemembered) throw error;
        });
      }),
  };
}

/** A new name in a folder outlives a power loss only when the folder is synced too. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What somebody waits for, for so long; rejects with a code that says that it is away. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error(`no answer within ${ms} ms`), { code: 'ETIMEDOUT' }));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
