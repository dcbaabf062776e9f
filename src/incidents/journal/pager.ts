import { type Clock, systemClock } from '../../kernel/clock.ts';
import { PortError } from '../../kernel/errors.ts';
import type { Log } from '../../kernel/log.ts';
import type { Paging } from '../ports.ts';
import { type JournalFiles, journalFiles } from './files.ts';
import { type Entry, paged, triggerOf } from './model.ts';

/** Sends the pages of the journal, without the database: while it is away, and while a bot that starts still waits for it. */
export interface JournalPager {
  files: JournalFiles;
  /** One attempt, and what became of it written down. Never rejects. */
  send(entry: Entry): Promise<Entry>;
  /** Resolves when no attempt for this one is under way. */
  settled(dedupKey: string): Promise<unknown>;
  start(): void;
  stop(): Promise<void>;
}

const everyMs = 2_000;

/** `folder`: undefined = what is declared is remembered by this process alone. */
export function journalPager(options: {
  folder: string | undefined;
  paging: Pick<Paging, 'routingKey' | 'events'>;
  log: Log;
  clock?: Clock;
}): JournalPager {
  const { folder, paging, log, clock = systemClock } = options;
  const files = journalFiles(folder, log);
  const sending = new Map<string, Promise<Entry>>();
  /** PagerDuty asks to be left alone until then; by `performance.now()`. */
  const notBefore = new Map<string, number>();
  /** Refused by what this process is configured with: trying again is useless. */
  const refused = new Set<string>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  async function attempt(entry: Entry): Promise<Parameters<typeof paged>[1] | undefined> {
    if (paging.routingKey === undefined)
      return { kind: 'failed', again: false, why: 'PAGERDUTY_ROUTING_KEY is not set' };
    try {
      await paging.events.send(paging.routingKey, triggerOf(entry), stopping.signal);
      return { kind: 'accepted', at: clock.now() };
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      if (error.reason === 'stopped') return undefined;
      notBefore.set(entry.dedupKey, performance.now() + (error.retryAfterMs ?? 0));
      return { kind: 'failed', again: error.retryable, why: error.message };
    }
  }

  async function sendOnce(given: Entry): Promise<Entry> {
    // Whoever shares the folder may have sent it, or made an incident of it, meanwhile.
    const entry = (await files.get(given.dedupKey)) ?? given;
    if (entry.page.state === 'accepted' || entry.page.state === 'nobody') return entry;
    const outcome = await attempt(entry);
    if (outcome === undefined) return entry;
    const next = await files.change(entry, (now) => ({ ...now, page: paged(now.page, outcome) }));
    if (next.page.state === 'refused') refused.add(next.dedupKey);
    return next;
  }

  const send: JournalPager['send'] = (entry) => {
    const { dedupKey } = entry;
    const running = sending.get(dedupKey);
    if (running) return running;
    const sent = sendOnce(entry)
      .catch((error: unknown) => {
        log.error({ err: error }, 'a page of the journal could not be sent');
        const why = 'I could not send it: see the log';
        return { ...entry, page: paged(entry.page, { kind: 'failed', again: true, why }) };
      })
      .finally(() => sending.delete(dedupKey));
    sending.set(dedupKey, sent);
    return sent;
  };

  async function look(): Promise<void> {
    const due = (await files.list()).filter(({ dedupKey, page }) => {
      if (page.state !== 'sending' && (page.state !== 'refused' || refused.has(dedupKey))) return false;
      return performance.now() >= (notBefore.get(dedupKey) ?? 0);
    });
    await Promise.all(due.map(send));
  }

  function again(): void {
    looking = look()
      .catch((error: unknown) => log.error({ err: error }, 'the journal could not be read'))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(again, everyMs).unref();
      });
  }

  return {
    files,
    send,
    settled: async (dedupKey) => sending.get(dedupKey),
    start: again,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await looking;
      await Promise.all(sending.values());
    },
  };
}
