import type { Picture, TextFile } from '../kernel/command.ts';
import { PortError } from '../kernel/errors.ts';
import { redact } from '../kernel/redact.ts';
import type { Answer, Call } from './caller.ts';
import { cutText } from './cut.ts';

/** Slack's limits: a title of a file is shown in one line; of `alt_txt` it keeps 1,000 characters. */
const titleMost = 150;
const altMost = 1_000;

/** Slack's words for "not in this channel", or "not with this token". */
const refusals = new Set(['not_in_channel', 'channel_not_found', 'missing_scope']);
const refusedForMs = 10 * 60_000;

/** Where pictures were refused lately, so that none is drawn in vain. */
export interface Refusals {
  /** What Slack would say of a picture in a channel, when that is known. */
  expected(channel: string): PortError | undefined;
  /** Keeps in mind how an upload ended. */
  ended(channel: string, error?: unknown): void;
}

/** `missingScopes` of the token: as long as this process has it. */
export function createRefusals({
  missingScopes,
  elapsedMs = () => performance.now(),
}: {
  missingScopes: readonly string[];
  elapsedMs?: () => number;
}): Refusals {
  const known = new Map<string, { error: PortError; untilMs: number }>();
  const lacking = missingScopes.includes('files:write')
    ? new PortError('missing_scope', 'the token lacks files:write', { retryable: false })
    : undefined;
  return {
    expected: (channel) => {
      const found = known.get(channel);
      if (found && found.untilMs <= elapsedMs()) known.delete(channel);
      return lacking ?? known.get(channel)?.error;
    },
    ended: (channel, error) => {
      known.delete(channel);
      if (!(error instanceof PortError) || !refusals.has(error.reason)) return;
      known.set(channel, { error, untilMs: elapsedMs() + refusedForMs });
    },
  };
}

export interface Upload {
  /** An id. */
  channel: string;
  /** Left out: a message of the channel itself. */
  threadTs?: string;
  pictures: readonly (Picture | TextFile)[];
  /** Slack text above them. */
  comment?: string;
  /** Asked before they are shared; false = nothing is, and it ends with the reason `stopped`. */
  stillMine?: () => Promise<boolean>;
}

/**
 * Shows files as one message of a channel or a thread: an address for each, the bytes to it, then all are shared at once.
 * Sharing is never repeated: nobody can tell whether it happened.
 * @throws PortError; nothing was shown, unless its reason is `unconfirmed`.
 */
export async function uploadPictures(
  { channel, threadTs, pictures, comment, stillMine }: Upload,
  { call, signal, timeoutMs }: { call: Call; signal: AbortSignal; timeoutMs: number },
): Promise<void> {
  const files: { id: string; title: string }[] = [];
  for (const file of pictures) {
    const { name, title } = file;
    const bytes = 'png' in file ? file.png : Buffer.from(file.asItIs ? file.text : redact(file.text).toWellFormed());
    const alt = 'png' in file && { alt_txt: plainText(file.alt, altMost) };
    const shown = { ...alt, filename: name, length: bytes.byteLength };
    // An address that nobody uses is forgotten: asking for it again does no harm.
    const { upload_url: url, file_id: id } = await call('files.getUploadURLExternal', shown, {
      idempotent: true,
    }).catch(refuseUnconfirmed);
    if (typeof url !== 'string' || typeof id !== 'string') {
      throw new PortError('invalid_answer', "Slack's answer has no upload_url", { retryable: false });
    }
    await send(url, bytes, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    files.push({ id, title: plainText(title, titleMost) });
  }
  if (stillMine && !(await stillMine()))
    throw new PortError('stopped', 'Another process has it now', { retryable: true });
  const said = comment !== undefined && { initial_comment: redact(comment) };
  const thread = threadTs !== undefined && { thread_ts: threadTs };
  const share: Answer = { files, channel_id: channel, ...thread, ...said };
  await call('files.completeUploadExternal', share, { lane: `files.completeUploadExternal ${channel}` });
}

/** Nothing was shared yet, however unclear Slack's answer was. */
function refuseUnconfirmed(error: unknown): never {
  if (!(error instanceof PortError) || error.reason !== 'unconfirmed') throw error;
  throw new PortError('upload_failed', "Slack didn't take it", { retryable: true, cause: error });
}

/** Not mrkdwn: nothing in it is a mark, so nothing is escaped. */
function plainText(text: string, max: number): string {
  return cutText(redact(text).toWellFormed(), max);
}

/** Without an acknowledgement nothing is shared, so it does not matter what became of the bytes. */
async function send(url: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  let status: number;
  try {
    const headers = { 'content-type': 'application/octet-stream' };
    const body = new Uint8Array(bytes);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
    status = response.status;
    await response.arrayBuffer();
  } catch (error) {
    throw new PortError('upload_failed', "Slack didn't take it", { retryable: true, cause: error });
  }
  if (status !== 200) {
    throw new PortError('upload_failed', `Slack didn't take it: HTTP ${status}`, {
      retryable: status >= 500,
    });
  }
}
