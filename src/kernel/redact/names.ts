/** Words that a name of a secret ends with; `-`, `_` or nothing may stand between their parts. */
const words = [
  'tokens?',
  'secrets?',
  'credentials?',
  'passcode',
  'pass',
  'pwd',
  'secret[-_]?key[-_]?base',
  '(?:set-)?cookie',
  'authorization',
  'jsessionid',
  'phpsessid',
  'sessionid',
  '(?:api|app|application|access|account|auth|encryption|integration|master|private|routing|secret|service|signing)[-_]?key',
];
/** These are so plain that they may also stand behind other letters: `PGPASSWORD`. */
const gluedWords = ['passw(?:or)?d', 'sshpass', 'passphrase', 'authtoken', 'accesstoken', 'csrftoken', 'apitoken'];

/** The source of a regular expression for all of these words. */
export const secretWords: string = [...words, ...gluedWords].join('|');

const bounded = new RegExp(`(?:^|[-_.])(?:${words.join('|')})$`, 'i');
const glued = new RegExp(`(?:${gluedWords.join('|')})$`, 'i');
const camel =
  /(?:Token|Password|Passwd|Passphrase|Passcode|Pass|Pwd|Secret|(?:Api|App|Access|Account|Auth|Encryption|Integration|Master|Private|Routing|Secret|Service|Signing)Key|Credentials?)$/;

/** A pass that is a turn or a filter: `first-pass`, `lowPass`. */
const turn = /(?:^|[-_.])(?:low|high|band|all|first|second|third|last|single|one|two|multi|by)[-_]?pass$/i;

/** Whether a key names a secret: `password`, `x-api-key`, `authorization`, `PAGERDUTY_ROUTING_KEY`, `clientSecret`. */
export function isSecretName(name: string): boolean {
  return (bounded.test(name) || glued.test(name) || camel.test(name)) && !turn.test(name);
}
