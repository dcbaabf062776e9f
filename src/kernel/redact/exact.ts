/** Values that are known to be secret, wherever they turn up in this process: for tokens that look like nothing. */

const shortest = 8;
/** What is too public to hide anything, and stands in too many texts. */
const publicWords =
  /^(?:postgres(?:ql)?|password|passw0rd|changeme|rabbitmq|localhost|admin(?:istrator)?|username|database|disabled|required|optional|undefined)$/i;

const known = new Set<string>();
let pattern: RegExp | undefined;

/**
 * From now on `redact` and what builds on it mask these values: the bot's own secrets, and each that is revealed to a
 * check. Of an address also its password. Values below 8 characters are left out: they would shred ordinary text.
 */
export function maskAlways(...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    const whole = value?.trim().toWellFormed() ?? '';
    if (whole === '' || known.has(whole)) continue;
    for (const form of [whole, encodeURIComponent(whole), ...passwordIn(whole)]) {
      if (form.length < shortest || publicWords.test(form) || form.includes('***') || known.has(form)) continue;
      known.add(form);
      pattern = undefined;
    }
  }
}

/** The text with every known value masked, also as it stands in text that is escaped for Slack. */
export function maskExact(text: string): string {
  if (known.size === 0 || text.length < shortest) return text;
  pattern ??= compile();
  return text.replace(pattern, '***');
}

/** The longest first: one secret may begin with another. */
function compile(): RegExp {
  const longestFirst = [...known].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(sourceOf).join('|'), 'g');
}

/** A password of plain words counts only where it stands alone: `clinic-main` may be the name of something else too. */
const plainWords = /^[a-z]+(?:[-_ ][a-z]+)*$/i;

function sourceOf(value: string): string {
  const source = Array.from(value, (char) => escaped[char] ?? char.replace(/[\\^$.|?+()[\]{}/-]/, '\\$&')).join('');
  return plainWords.test(value) ? `(?<![\\w-])${source}(?![\\w-])` : source;
}

/** What `escapeSlack` makes of a character, where it does. */
const escaped: Record<string, string> = {
  '*': '[*∗]',
  _: '[_ˍ]',
  '~': '[~∼]',
  '`': '[`ˋ]',
  '&': '&(?:amp;)?',
  '<': '(?:<|&lt;)',
  '>': '(?:>|&gt;)',
  '@': '@\u2060?',
  ':': ':\u2060?',
};

/** As it is written, and as the server gets it. */
function passwordIn(address: string): string[] {
  const password = URL.parse(address)?.password ?? '';
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
}
