/** What is said on the phone, as TwiML: the words twice, since whoever was woken misses the first time. Pure. */
export function callScript(words: string): string {
  const said = escapeXml(words);
  return `<Response><Say>${said}</Say><Pause length="1"/><Say>Once more. ${said}</Say></Response>`;
}

function escapeXml(text: string): string {
  const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[&<>"']/g, (mark) => marks[mark]!);
}
