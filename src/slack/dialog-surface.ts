import { randomUUID } from 'node:crypto';
import type { types } from '@slack/bolt';
import type { Post, SlackBlock } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Dialogs } from './dialogs.ts';
import { isDeadTokenError } from './failures.ts';
import { fitViewBlocks } from './limits.ts';
import type { Outgoing } from './outgoing.ts';
import type { Surface } from './surfaces.ts';

/** A dialog as Slack takes it. */
export type ModalView = types.ModalView;

/** Of every dialog that shows an answer. */
export const answerCallback = 'answer';

/** How a dialog comes to the screen: over nothing, on top of the open one, or in place of an open one. */
export type DialogPlace =
  | { kind: 'open' | 'push'; triggerId: string }
  | { kind: 'replace'; viewId: string; externalId: string };

/** A dialog that shows an answer as it gets better. */
export interface Dialog extends Surface {
  /**
   * Puts it on the screen at once, before anything is asked: a trigger lives 3 s. Without it the first post does.
   * `used`: the trigger was used before, by another process that got the same delivery.
   */
  begin(words: string): Promise<'open' | 'used' | 'failed'>;
  /** Whether it is on the screen, or on its way there. */
  readonly begun: boolean;
  /** Aborted when the person has closed it. */
  closed: AbortSignal;
  /** Nothing more is shown in it. */
  end(): void;
}

export interface DialogOptions {
  title: string;
  place: DialogPlace;
  outgoing: Pick<Outgoing, 'openView' | 'updateView'>;
  dialogs: Dialogs;
  log: Log;
  /** Shows the answer where no dialog can be opened; without it nobody sees it. */
  instead?: Surface;
}

/** Slack's words for "that view is not there any more". */
export const goneWords = new Set(['not_found', 'view_not_found']);

export function createDialog({ title, place, outgoing, dialogs, log, instead }: DialogOptions): Dialog {
  const closing = new AbortController();
  const externalId = place.kind === 'replace' ? place.externalId : randomUUID();
  let opening: Promise<string | { externalId: string }> | undefined;
  const view = (blocks: readonly SlackBlock[]) => ({ ...answerView({ title, externalId, blocks }) });

  if (place.kind === 'replace') {
    dialogs.track(place.viewId, closing);
    opening = Promise.resolve(place.viewId);
  }

  function open(post: Post): Promise<string | { externalId: string }> {
    if (place.kind === 'replace') return Promise.resolve(place.viewId);
    const how = place.kind === 'push' ? ({ push: true } as const) : undefined;
    const opened = outgoing.openView(place.triggerId, view(post.blocks), how).then(
      (id) => {
        dialogs.track(id, closing);
        return id;
      },
      (error: unknown) => {
        // It may be on the screen nevertheless; then it answers to the id that we gave it.
        if (error instanceof PortError && error.reason === 'unconfirmed') return { externalId };
        throw error;
      },
    );
    opened.catch((error: unknown) => {
      if (!isDeadTokenError(error)) log.warn({ err: error }, 'a dialog could not be opened');
    });
    return opened;
  }

  return {
    closed: closing.signal,
    get begun() {
      return opening !== undefined;
    },
    begin: async (words) => {
      opening ??= open(saying(words));
      return opening.then(
        () => 'open',
        (error: unknown) => (error instanceof PortError && error.reason === 'exchanged_trigger_id' ? 'used' : 'failed'),
      );
    },
    show: async (post, final) => {
      const isFirst = opening === undefined;
      opening ??= open(post);
      const opened = await opening.catch((error: unknown) => {
        if (!(error instanceof PortError)) throw error;
        return undefined;
      });
      if (opened === undefined) return instead ? instead.show(post, final) : 'gone';
      if (closing.signal.aborted) return 'gone';
      if (isFirst) return 'shown';
      try {
        await outgoing.updateView(opened, view(post.blocks), final ? {} : { patienceMs: 0 });
        return 'shown';
      } catch (error) {
        if (!(error instanceof PortError) || (final && !goneWords.has(error.reason))) throw error;
        if (goneWords.has(error.reason)) return 'gone';
        log.warn({ err: error }, 'a dialog was not refreshed');
        return 'skipped';
      }
    },
    // A dialog holds one answer; commands say so themselves where `inView` is set.
    thread: async () => {},
    pictures: undefined,
    end: () => dialogs.forget(closing),
  };
}

/** Nobody ends the dialog of a process that has died, so its first words say what to do then. */
export function saying(words: string): Post {
  const remedy = 'If nothing follows within a minute, close this and ask again.';
  return {
    text: words,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `⏳ ${words}` } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: remedy }] },
    ],
  };
}

/** A dialog that shows something and asks nothing. */
export function answerView({
  title,
  externalId,
  blocks,
}: {
  title: string;
  externalId: string;
  blocks: readonly SlackBlock[];
}): ModalView {
  return {
    type: 'modal',
    callback_id: answerCallback,
    external_id: externalId,
    title: { type: 'plain_text', text: dialogTitle(title), emoji: true },
    close: { type: 'plain_text', text: 'Close', emoji: true },
    notify_on_close: true,
    blocks: fitViewBlocks(blocks),
  };
}

/** Slack takes 24 characters. */
export function dialogTitle(text: string): string {
  const title = text.toWellFormed().trim();
  if (title === '') return 'Rounds';
  return title.length > 24 ? `${title.slice(0, 23).toWellFormed().trimEnd()}…` : title;
}
