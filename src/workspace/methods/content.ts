import { type Args, isObject } from '../args.ts';
import { messageBlockProblems, problemMessages } from '../blocks/message.ts';
import { blocksAreTooLong } from '../blocks/size.ts';
import { SlackError } from '../errors.ts';
import { MESSAGE } from '../limits.ts';
import type { MessageContent } from '../messages.ts';
import type { Json } from '../world.ts';

/** Blocks that passed every check, or the error Slack answers. */
function checkedBlocks(value: unknown, anyBlockSize = false): Json[] {
  if (!Array.isArray(value)) throw new SlackError('invalid_blocks_format');
  const problems = messageBlockProblems(value);
  if (problems.length > 0) {
    const lines = problemMessages(problems);
    throw new SlackError('invalid_blocks', {
      errors: lines,
      response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
    });
  }
  const blocks = value.filter(isObject);
  if (!anyBlockSize && blocksAreTooLong(blocks)) throw new SlackError('msg_blocks_too_long');
  return blocks;
}

function checkedMetadata(value: unknown): MessageContent['metadata'] {
  if (!isObject(value) || typeof value.event_type !== 'string' || !isObject(value.event_payload)) {
    throw new SlackError('invalid_metadata_format');
  }
  if (JSON.stringify(value).length > MESSAGE.metadataBytes) throw new SlackError('metadata_too_large');
  return { event_type: value.event_type, event_payload: value.event_payload };
}

/** What a message is to say, from a call's arguments or a response_url's body (which Slack does not hold to the block budget). */
export function messageContent(args: Args, maxTextChars: number, { anyBlockSize = false } = {}): MessageContent {
  const content: MessageContent = {};
  const text = args.text('text') ?? args.text('markdown_text');
  if (text !== undefined) content.text = text;
  if (text !== undefined && [...text].length > maxTextChars) throw new SlackError('msg_too_long');
  const blocks = args.structure('blocks', 'invalid_blocks_format');
  if (blocks !== undefined) content.blocks = checkedBlocks(blocks, anyBlockSize);
  const attachments = args.structure('attachments', 'invalid_attachments');
  if (attachments !== undefined) {
    if (!Array.isArray(attachments)) throw new SlackError('invalid_attachments');
    if (attachments.length > MESSAGE.attachments) throw new SlackError('too_many_attachments');
    for (const attachment of attachments)
      if (isObject(attachment) && attachment.blocks) checkedBlocks(attachment.blocks);
    content.attachments = attachments.filter(isObject);
  }
  const metadata = args.structure('metadata', 'invalid_metadata_format');
  if (metadata !== undefined) content.metadata = checkedMetadata(metadata);
  for (const flag of ['unfurl_links', 'unfurl_media'] as const) if (args.has(flag)) content[flag] = args.flag(flag);
  const isEmpty = !content.text?.trim() && !content.blocks?.length && !content.attachments?.length;
  if (isEmpty) throw new SlackError('no_text');
  return content;
}
