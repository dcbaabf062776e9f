import type { JobHandler, Jobs } from '../../jobs/model.ts';
import { OpsError, PortError } from '../../kernel/errors.ts';
import { triedAgain } from '../../posting/failures.ts';
import type { Asker } from '../change.ts';
import { type Declaration, type Declared, type Prepared, preparedOf, writeDeclared } from '../declare.ts';
import type { Part } from '../part.ts';
import type { IncidentPort, Room } from '../ports.ts';
import * as rows from '../store.ts';
import { adopt, adoptBeside } from './adopt.ts';
import { within } from './files.ts';
import { journaledJob } from './jobs.ts';
import { dedupKeyOf, type Entry } from './model.ts';
import { journalPager } from './pager.ts';
import { createPosts } from './posts.ts';
import { arrivedPost } from './views.ts';

/** The database did not take it; `lost`: nor did the disk, so that this process alone remembers it. */
export interface Journaled {
  kind: 'journaled';
  entry: Entry;
  lost?: string;
}

/** Declarations while the database is away: paged directly, written to the disk, incidents once it is back. */
export interface Journal {
  /**
   * Declares an incident whatever the database does: when it refuses, breaks off or is silent for 4 s, the page goes out
   * without it. Throws OpsError `invalid`, `not_found` (the severity) only.
   */
  declare(asker: Asker, declared: Declaration): Promise<Declared | Journaled>;
  /** Tries again and again to make incidents of what lies there, and to tell Slack of it. Without it (a terminal) it lies. */
  start(): void;
  /** One look at all that lies there; resolves to how many are incidents now. */
  tick(): Promise<number>;
  stop(): Promise<void>;
}

/** What somebody waits for before the page leaves without the database: with 5 s for PagerDuty, far below the 60 s promised. */
const patienceMs = 4_000;
const everyMs = 2_000;
const longestTryMs = 15_000;
const postPatienceMs = 3_000;

export function createJournal(room: Room): Journal & Part {
  const { store, log, jobs } = room;
  const pager = room.journal ?? journalPager({ folder: undefined, paging: room.paging, log });
  const { files } = pager;
  const posts = createPosts(room, files);
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<unknown> | undefined;

  const declare: Journal['declare'] = async (asker, declared) => {
    const made = preparedOf(asker.by, declared, room);
    const late = new AbortController();
    const written = writeDeclared(asker, made, room, { signal: late.signal });
    try {
      const done = await within(written, room.journalAfterMs ?? patienceMs);
      jobs.hurry();
      return done;
    } catch (error) {
      late.abort(new Error('it went into the journal meanwhile'));
      written.catch(() => {});
      // What the person can correct is theirs to correct; whatever else is wrong here, somebody must be paged.
      if (error instanceof OpsError && error.code !== 'unavailable') throw error;
      log.error({ err: error }, 'the database did not take an incident: it goes into the journal');
      return take(asker, made);
    }
  };

  async function take({ request }: Asker, made: Prepared): Promise<Journaled> {
    const { at, by, channel, origin, ...rest } = made;
    const kept: Entry = {
      ...{ version: 1, dedupKey: dedupKeyOf(made.key), request, page: { state: 'nobody', attempts: 0 } },
      made: { ...rest, at, by, ...(channel !== undefined && { channel }), ...(origin && { origin }) },
    };
    if (made.pages) kept.page.state = 'sending';
    const { entry, lost } = await files.add(kept);
    const sent = await pager.send(entry);
    void posts.show(sent, lost);
    return { kind: 'journaled', entry: sent, ...(lost !== undefined && { lost }) };
  }

  /** True: it is an incident now, and its file is gone. */
  async function insert(seen: Entry): Promise<boolean> {
    await pager.settled(seen.dedupKey);
    // So that what is posted now is edited later; a Slack that hangs is no reason to wait long.
    await within(posts.settled(seen.dedupKey), postPatienceMs).catch(() => {});
    // As it stands: it may have been sent, or shown in Slack, since it was listed.
    const entry = await files.get(seen.dedupKey);
    if (!entry) return false;
    const { made, request, dedupKey } = entry;
    const { kind, incident } = await writeDeclared({ by: made.by, request }, { ...made, channel: made.channel }, room, {
      journaled: true,
      ring: async (tx, { id }) => void (await adopt(tx, { id, entry }, room)),
      known: async (tx, known) => adoptBeside(tx, known, entry, room),
    });
    const { post } = (await files.get(dedupKey)) ?? entry;
    if (post) {
      await store.transaction((tx) =>
        jobs.enqueue(tx, journaledJob, { id: incident.id, channel: post.channel, ts: post.ts }, { key: dedupKey }),
      );
    }
    await files.remove(dedupKey);
    jobs.hurry();
    log.info({ incident: incident.id, kind }, 'a declaration of the journal is an incident now');
    return true;
  }

  async function tick(): Promise<number> {
    const entries = await files.list();
    if (entries.length === 0) return 0;
    for (const entry of entries) void posts.show(entry);
    try {
      await within(store.ping(), 2_000);
    } catch (error) {
      log.debug({ err: error, waiting: entries.length }, 'the journal waits for the database');
      return 0;
    }
    let made = 0;
    for (const entry of entries) {
      try {
        if (await within(insert(entry), longestTryMs)) made += 1;
      } catch (error) {
        log.error({ err: error, dedupKey: entry.dedupKey }, 'a declaration stays in the journal');
      }
    }
    return made;
  }

  function again(): void {
    ticking = tick()
      .catch((error: unknown) => log.error({ err: error }, 'the journal could not be carried on'))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(again, everyMs).unref();
      });
  }

  return {
    declare,
    tick,
    start: again,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await Promise.all([ticking, posts.settled()]);
    },
    register(jobs: Pick<Jobs, 'handle'>, slack) {
      posts.over(slack);
      jobs.handle(journaledJob, arrivedHandler(room, slack));
    },
  };
}

/** What was posted while the database was away says which incident it is. */
function arrivedHandler(
  { store }: Pick<Room, 'store'>,
  slack: IncidentPort,
): JobHandler<{ id: number; channel: string; ts: string }> {
  return async ({ id, channel, ts }) => {
    const incident = await rows.findIncident(store.db(), id);
    if (!incident) return;
    try {
      await slack.update({ channel, ts, post: arrivedPost(incident) });
    } catch (error) {
      if (error instanceof PortError && error.reason === 'message_not_found') return;
      throw triedAgain(error);
    }
  };
}
