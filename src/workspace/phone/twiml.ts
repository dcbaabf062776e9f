const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What is said on a call: the words of each `<Say>`, a line each. Other verbs of TwiML do nothing here. Pure. */
export function wordsSaid(twiml: string): string {
  return [...twiml.matchAll(/<Say(?:\s[^>]*)?>([^<]*)<\/Say>/g)]
    .map(([, said = '']) => unescaped(said).trim())
    .filter((said) => said !== '')
    .join('\n');
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
