import type { SlackBlock } from '../../kernel/command.ts';

export interface Button {
  /** `<command>.<button>`, or of a form. */
  action: string;
  label: string;
  value: string;
  style?: 'primary' | 'danger';
}

/** Options that open the same form, each with its value. */
export interface Menu {
  action: string;
  placeholder: string;
  options: { label: string; value: string }[];
}

export function section(text: string, accessory?: Button): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text }, ...(accessory && { accessory: buttonOf(accessory) }) };
}

export function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

export function actions(elements: readonly (Button | Menu)[]): SlackBlock {
  return { type: 'actions', elements: elements.map((each) => ('options' in each ? menuOf(each) : buttonOf(each))) };
}

function buttonOf({ action, label, value, style }: Button): Record<string, unknown> {
  return { type: 'button', action_id: action, value, text: plain(label), ...(style && { style }) };
}

function menuOf({ action, placeholder, options }: Menu): Record<string, unknown> {
  const shown = options.slice(0, 100).map(({ label, value }) => ({ text: plain(label), value }));
  return { type: 'static_select', action_id: action, placeholder: plain(placeholder), options: shown };
}

function plain(text: string): Record<string, unknown> {
  return { type: 'plain_text', text, emoji: true };
}
