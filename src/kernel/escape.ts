/** Makes user-given text inert in Slack's mrkdwn: no mention, no link, no channel call. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
