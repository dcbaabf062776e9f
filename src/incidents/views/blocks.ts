import type { SlackBlock } from '../../kernel/command.ts';

export interface ButtonOptions {
  /** `<command>.<button>`; several in one block differ by `.1`, `.2`. */
  action: string;
  label: string;
  value: string;
  style?: 'primary' | 'danger';
}

export function button({ action, label, value, style }: ButtonOptions): Record<string, unknown> {
  const text = { type: 'plain_text', text: label, emoji: true };
  return { type: 'button', action_id: action, value, text, ...(style && { style }) };
}

export function actions(buttons: readonly ButtonOptions[]): SlackBlock {
  return { type: 'actions', elements: buttons.map(button) };
}

/** `accessory`: a button beside the words. */
export function section(text: string, accessory?: ButtonOptions): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text }, ...(accessory && { accessory: button(accessory) }) };
}

export function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
