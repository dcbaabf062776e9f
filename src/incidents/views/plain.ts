import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';

/** A line of plain text. */
export function plainPost(words: string): Post {
  return markedPost(escapeSlack(words));
}

/** Lines that are escaped already, and buttons below them. */
export function markedPost(text: string, buttons: readonly object[] = []): Post {
  const blocks: SlackBlock[] = [{ type: 'section', text: { type: 'mrkdwn', text } }];
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text, blocks };
}

export function takeOnButton(id: number, text: string, style: 'primary' | 'danger' = 'primary') {
  return {
    ...{ type: 'button', action_id: 'incident.acknowledge', value: String(id), style },
    text: { type: 'plain_text', text, emoji: true },
  };
}
