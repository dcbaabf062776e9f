import type { SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { type Period, periods } from '../periods.ts';

const labels: Record<Period, string> = { '24h': '24 h', '7d': '7 d', '30d': '30 d' };

/** Asks for the picture of a period: `what` = nothing for all checks, a group, or `group/check`. */
export function chartMenu(what: string): Record<string, unknown> {
  return {
    type: 'static_select',
    action_id: 'health.chart',
    placeholder: plainText('Chart'),
    options: periods.map((period) => ({
      text: plainText(`Chart ${labels[period]}`),
      value: `${period} ${what}`.trim(),
    })),
  };
}

/** In a dialog, which can't show pictures: what to type for one, in place of the menu. */
export function chartHint(what: string): SlackBlock {
  const typed = escapeSlack(['/ops health', what, '--chart 7d'].filter(Boolean).join(' ').replaceAll('`', "'"));
  return { type: 'context', elements: [{ type: 'mrkdwn', text: `For a chart type \`${typed}\` in a channel.` }] };
}

function plainText(text: string): object {
  return { type: 'plain_text', text, emoji: true };
}
