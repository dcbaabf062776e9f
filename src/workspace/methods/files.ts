import { isObject } from '../args.ts';
import { invalidArguments, SlackError } from '../errors.ts';
import { fileJson } from '../files.ts';
import { newId } from '../ids.ts';
import { postMessage } from '../messages.ts';
import type { Call, MethodFamily } from '../method.ts';
import type { StoredFile } from '../world.ts';
import { postableChannel } from './access.ts';

/** Slack keeps this much of a description. */
const ALT_CHARS = 1_000;

/** A file whose bytes have arrived and that is not shared yet. */
function uploaded({ state }: Call, entry: unknown): StoredFile {
  if (!isObject(entry) || typeof entry.id !== 'string')
    throw invalidArguments('missing required field: id [json-pointer:/files/0]');
  const file = state.files.get(entry.id);
  if (!file?.content || file.completed) throw new SlackError('file_not_found');
  if (file.content.length !== file.announcedBytes) throw new SlackError('file_upload_size_restricted');
  if (typeof entry.title === 'string') file.title = entry.title;
  return file;
}

export const filesMethods: MethodFamily = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    tier: 4,
    run: ({ state, args }) => {
      const name = args.required('filename');
      const length = Number(args.required('length'));
      if (!Number.isInteger(length) || length < 1)
        throw invalidArguments('must be a positive integer [json-pointer:/length]');
      // Slack documents the one, its own client sends the other.
      const altText = (args.text('alt_txt') ?? args.text('alt_text'))?.slice(0, ALT_CHARS);
      const file: StoredFile = {
        id: newId('F'),
        name,
        title: name,
        ...(altText !== undefined && { altText }),
        announcedBytes: length,
        completed: false,
      };
      state.files.set(file.id, file);
      return { upload_url: `${state.url}/upload/${file.id}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    scopes: ['files:write'],
    tier: 4,
    run: (call) => {
      const { state, args } = call;
      const entries = args.structure('files', 'invalid_arguments');
      if (!Array.isArray(entries) || entries.length === 0) throw invalidArguments('missing required field: files');
      const target = args.text('channel_id');
      const channel = target ? postableChannel(call, 'channel_id') : undefined;
      // chat:write.public is for messages alone.
      if (channel && !state.isBotIn(channel)) throw new SlackError('not_in_channel');
      const files = entries.map((entry) => uploaded(call, entry));
      for (const file of files) file.completed = true;
      const shown = files.map((file) => fileJson(state, file));
      const thread = args.text('thread_ts');
      if (channel) {
        postMessage(state, channel.id, state.identity.botUser, {
          text: args.text('initial_comment') ?? '',
          files: shown,
          ...(thread && { thread_ts: thread }),
        });
      }
      return { files: shown };
    },
  },
};
