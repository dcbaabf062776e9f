import type { Post, SlackBlock } from '../kernel/command.ts';
import type { FormItem } from '../kernel/form.ts';
import { cutText } from './cut.ts';
import { dialogTitle, type ModalView } from './dialog-surface.ts';
import { fieldBlock } from './fields.ts';
import type { Kept } from './given.ts';
import { keep } from './given.ts';
import { fitViewBlocks } from './limits.ts';

/** Of a view: blocks. */
const blocksMax = 100;

export interface FormViewOptions {
  /** `<command>.<form>`. */
  callbackId: string;
  externalId: string;
  title: string;
  button: string;
  items: readonly FormItem[];
  kept: Kept;
  /** What went wrong when it was sent, above all else. */
  failure?: Post;
}

/**
 * A form as Slack's dialog: each field an input whose block_id and action_id are its name. Notes give way to fields where
 * 100 blocks are not enough. Pure.
 * @throws Error when the form is none that Slack takes: the mistake of its author.
 */
export function formView({ callbackId, externalId, title, button, items, kept, failure }: FormViewOptions): ModalView {
  const names = items.flatMap((item) => (item.kind === 'note' ? [] : [item.name]));
  const twice = names.find((name, at) => names.indexOf(name) !== at || !/^[A-Za-z0-9_-]{1,100}$/.test(name));
  if (twice !== undefined) throw new Error(`Form ${callbackId} can't have a field "${twice}": not twice, letters only`);
  if (names.length === 0 || names.length > blocksMax) throw new Error(`Form ${callbackId}: ${names.length} fields`);
  const above = failure ? fitViewBlocks([...failure.blocks, { type: 'divider' }]) : [];
  let room = Math.max(0, blocksMax - names.length - above.length);
  const blocks = items.flatMap((item): SlackBlock[] => {
    if (item.kind !== 'note') return [fieldBlock(item)];
    const note = fitViewBlocks([{ type: 'section', text: { type: 'mrkdwn', text: item.text } }]);
    if (note.length > room) return [];
    room -= note.length;
    return note;
  });
  return {
    type: 'modal',
    callback_id: callbackId,
    external_id: externalId,
    private_metadata: keep(kept),
    title: { type: 'plain_text', text: dialogTitle(title), emoji: true },
    submit: { type: 'plain_text', text: cutText(button, 24), emoji: true },
    close: { type: 'plain_text', text: 'Cancel', emoji: true },
    blocks: [...above.slice(0, blocksMax - names.length), ...blocks],
  };
}
