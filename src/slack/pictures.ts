import type { Picture, Post, TextFile } from '../kernel/command.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import { escapeSlack } from '../kernel/escape.ts';
import type { Log } from '../kernel/log.ts';
import { cutText } from './cut.ts';
import type { Surface } from './surfaces.ts';

interface Shown {
  asked: boolean;
  draw(): Promise<(Picture | TextFile)[]>;
}

/**
 * Shows the pictures or files of an answer that stands already, whatever becomes of them: never throws. Who asked for one is told
 * why there is none; otherwise the log alone is: one more line below each answer would be noise. Nobody is when the bot stops.
 */
export async function showPictures(
  pictures: Shown,
  surface: Surface,
  { log, stopping, what = 'picture' }: { log: Log; stopping: AbortSignal; what?: 'picture' | 'file' },
): Promise<void> {
  const noPicture = (why: string) => nothing(what, why);
  try {
    // Nothing is drawn for a place that takes none.
    if (!surface.pictures) {
      if (pictures.asked) await surface.thread([noPicture(cannotShow)]);
      return;
    }
    const { refusal, show } = surface.pictures;
    if (refusal && isStillSo(refusal, pictures)) {
      if (pictures.asked) await surface.thread([noPicture(whyOf(refusal))]);
      return;
    }
    const drawn = await pictures.draw();
    if (drawn.length > 0) await show(drawn);
  } catch (error) {
    log.warn({ err: error }, `an answer has no ${what}`);
    if (!pictures.asked || isPerhapsThere(error) || stopping.aborted) return;
    await surface.thread([noPicture(whyOf(error))]).catch((untold: unknown) => {
      log.warn({ err: untold }, `that an answer has no ${what} could not be told`);
    });
  }
}

const cannotShow = 'I can post none here. Ask in a channel that I am in.';

/** Who asks again has invited the bot meanwhile, as they were told to; a scope needs a new token. */
function isStillSo({ reason }: PortError, { asked }: Shown): boolean {
  return !asked || reason === 'missing_scope';
}

function isPerhapsThere(error: unknown): boolean {
  return error instanceof PortError && (error.reason === 'unconfirmed' || error.reason === 'stopped');
}

function whyOf(error: unknown): string {
  if (error instanceof OpsError) return error.message;
  if (!(error instanceof PortError)) return 'something went wrong; my log has the details.';
  if (error.reason === 'missing_scope') {
    return 'my token lacks files:write. Whoever runs me: reinstall the app, then copy the token again.';
  }
  if (error.reason === 'not_in_channel' || error.reason === 'channel_not_found') {
    return 'I am not in this channel. Invite me, and ask again.';
  }
  return `${error.message}.`;
}

function nothing(what: string, why: string): Post {
  const text = `No ${what}: ${escapeSlack(cutText(why, 1_000))}`;
  return { text, blocks: [{ type: 'context', elements: [{ type: 'mrkdwn', text }] }] };
}
