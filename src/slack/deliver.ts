import { setImmediate } from 'node:timers/promises';
import type { Post, Replies, Reply } from '../kernel/command.ts';
import type { Asked } from './asked.ts';
import { showPictures } from './pictures.ts';
import { type Surface, type SurfacePorts, surfaceFor } from './surfaces.ts';

/** Edits of one message are at least this far apart; the final answer never waits. */
const editEveryMs = 1_500;

/** How the answer ended: with the last post shown, if its message still stands there unfinished. */
export type Delivered = { kind: 'done' } | { kind: 'failed'; error: unknown; unfinished: Unfinished | undefined };
interface Unfinished {
  last: Post;
  /** Puts a final post in its place. */
  finish(post: Post): Promise<void>;
}

/**
 * Shows a command's replies: the first at once, later ones in its place, always the final one, then its thread and its
 * pictures.
 * When the message was deleted, `gone` is called and the rest is not shown.
 */
export async function deliver(
  replies: Replies,
  asked: Asked,
  ports: SurfacePorts & { stopping: AbortSignal },
  gone: () => void,
): Promise<Delivered> {
  const surfaces = new Map<Reply['place'], Surface>();
  const source = read(replies);
  let shown: { reply: Reply; post: Post; surface: Surface; final: boolean } | undefined;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const next = await source.latest(shownAtMs + editEveryMs);
      // A command that just ends when it is aborted has not given its final answer.
      if (next.ended && !next.reply && shown && !shown.final) ports.stopping.throwIfAborted();
      const reply = next.reply ?? (next.ended && shown && !shown.final ? shown.reply : undefined);
      if (reply) {
        const surface = surfaces.get(reply.place) ?? surfaceFor(reply.place, asked, ports);
        surfaces.set(reply.place, surface);
        const post = next.reply ? reply.slack() : shown!.post;
        const result = await surface.show(post, next.ended);
        if (result === 'gone') {
          gone();
          await source.drained;
          return { kind: 'done' };
        }
        shown = { reply, post, surface, final: next.ended };
        shownAtMs = performance.now();
      }
      if (next.ended) break;
    }
    if (source.failure) throw source.failure.error;
    const thread = shown?.reply.thread?.() ?? [];
    if (shown && thread.length) await shown.surface.thread(thread);
    if (shown?.reply.pictures) await showPictures(shown.reply.pictures, shown.surface, ports);
    const files = shown?.reply.files;
    if (shown && files) await showPictures({ asked: true, draw: files }, shown.surface, { ...ports, what: 'file' });
    return { kind: 'done' };
  } catch (error) {
    await source.drained;
    const open = shown && !shown.final && !shown.surface.showsNoAnswer ? shown : undefined;
    const finish = async (post: Post) => void (await open?.surface.show(post, true));
    return { kind: 'failed', error, unfinished: open && { last: open.post, finish } };
  }
}

interface Source {
  /**
   * The newest reply not taken yet. Waits until there is one and `notBeforeMs` (performance.now) has come, or until the
   * replies end; `ended` = nothing follows.
   */
  latest(notBeforeMs: number): Promise<{ reply: Reply | undefined; ended: boolean }>;
  failure: { error: unknown } | undefined;
  /** Settles when the command has stopped. */
  drained: Promise<void>;
}

/** Reads replies as fast as they come; whoever shows them sees only the newest. */
function read(replies: Replies): Source {
  let newest: Reply | undefined;
  let arrival = Promise.withResolvers<void>();
  let ended = false;
  const take = async (): Promise<void> => {
    try {
      if (Symbol.asyncIterator in replies) {
        for await (const reply of replies) {
          newest = reply;
          arrival.resolve();
        }
      } else newest = await replies;
    } catch (error) {
      source.failure = { error };
    }
    ended = true;
    arrival.resolve();
  };
  const source: Source = {
    failure: undefined,
    drained: Promise.resolve(),
    latest: async (notBeforeMs) => {
      await arrival.promise;
      await untilOrEnd(notBeforeMs);
      // A command that returns right behind its last reply has ended then: that reply is shown once, as the final one.
      await setImmediate();
      const taken = { reply: newest, ended: ended && !source.failure };
      newest = undefined;
      if (source.failure && !taken.reply) throw source.failure.error;
      if (!ended) arrival = Promise.withResolvers();
      return taken;
    },
  };
  const finished = take();
  source.drained = finished;

  async function untilOrEnd(atMs: number): Promise<void> {
    const leftMs = atMs - performance.now();
    if (ended || leftMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, leftMs);
    });
    await Promise.race([time, finished]);
    clearTimeout(timer);
  }
  return source;
}
