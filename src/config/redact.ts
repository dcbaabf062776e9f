const secretName =
  /(^|[-_.])(tokens?|passw(or)?d|passphrase|secrets?|authorization|api[-_]?key|access[-_]?key|private[-_]?key|routing[-_]?key|credentials?|cookie)$/i;
const camelSecretName =
  /(Token|Password|Passwd|Passphrase|Secret|ApiKey|AccessKey|PrivateKey|RoutingKey|Credentials?)$/;
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;
const dsnPassword = /((?:^|[\s?&;]|--)password=)[^\s&;]+/gi;
const knownToken = /\b(xox[a-z]-|xapp-|AKIA|ASIA|ghp_|github_pat_|glpat-|sk_live_|eyJ)[\w.-]{6,}/g;
const authHeader = /^((?:bearer|basic) )\S{6,}$/i;

/** Whether a key names a secret: `password`, `x-api-key`, `authorization`, `PAGERDUTY_ROUTING_KEY`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) || camelSecretName.test(name);
}

/** The text with what looks like a password or token replaced by `***`. */
export function redact(text: string): string {
  return text
    .replace(urlPassword, '$1***')
    .replace(dsnPassword, '$1***')
    .replace(knownToken, '$1***')
    .replace(authHeader, '$1***');
}

/** Whether a text carries a password or token in plain sight. */
export function holdsSecret(text: string): boolean {
  return redact(text) !== text;
}

/** A value as an error may show it: short, on one line, without secrets. `key` is the name it was found under. */
export function shown(value: unknown, key?: PropertyKey): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  if (key !== undefined && isSecretName(String(key))) return 'a text that is not shown, as it may be a secret';
  const text = redact(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
