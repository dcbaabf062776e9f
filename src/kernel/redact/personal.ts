/** Personal data known by its look or by the words before it. A mask names the kind: `[e-mail]`. */

const invisible = '[\\u200b-\\u200d\\u2060\\ufeff]?';
const localChar = "[\\p{L}\\p{N}._%+'ˍ-]";
const email = new RegExp(
  `(?<!${localChar})(?<!:\\u2060?//)(${localChar}+?)${invisible}(?:@|%40)${invisible}((?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+(\\p{L}{2,24}|xn--[a-z0-9-]{2,40}))(?![\\p{L}\\p{N}])`,
  'giu',
);
/** Accounts of machines (`git@github.com:org/repo`), and units of systemd (`getty@tty1.service`). */
const machineUsers = /^(?:git|hg|svn|root|ubuntu|ec2-user)$/i;
const unitKinds = /^(?:service|socket|timer|target|mount|automount|slice|scope|device|path|swap)$/i;

/** Names of hosts that take no mail; `user@host:5432` is where somebody connects to. */
const machines =
  /(?:^|\.)(?:internal|local|localdomain|lan|intranet|svc|home\.arpa|compute(?:-\d)?\.amazonaws\.com|rds\.amazonaws\.com)$/i;
const port = /^:\d{2,5}(?![\w:-])/;
/** `anna.berg@corp.local` is a person wherever the host is. */
const person = /^\p{L}{2,}\.\p{L}{2,}$|\+/u;

function maskEmails(text: string): string {
  return text.replace(email, (whole, local: string, domain: string, top: string, at: number) => {
    if (machineUsers.test(local) || unitKinds.test(top)) return whole;
    const end = at + whole.length;
    if (!person.test(local) && (machines.test(domain) || port.test(text.slice(end, end + 8)))) return whole;
    return `${/^'*/.exec(local)?.[0] ?? ''}[e-mail]`;
  });
}

const dash = '[-\\u2010-\\u2013]';
const ssn = new RegExp(`(?<![\\w.-])(?!000|666|9)\\d{3}${dash}(?!00)\\d{2}${dash}(?!0000)\\d{4}(?![\\w-]|\\.\\d)`, 'g');
const between = '[\\s"\'\\\\:#=()\\[]{0,6}';
const namedSsn = new RegExp(
  `((?<![a-z])(?:ssn|social[ _-]?security(?:[ _-]?(?:number|num|no\\.?))?|itin|tin)(?![a-z])${between}(?:(?:is|was|of)\\s)?)\\d{3}[ .-]?\\d{2}[ .-]?\\d{4}(?![\\w]|-\\d)`,
  'gi',
);

const namedRecord = new RegExp(
  `((?<![a-z])(?:mrn|med(?:ical)?[ _-]?rec(?:ord)?(?:[ _-]?(?:number|num|no\\.?|id))?|pat(?:ient)?[ _-]?(?:id|ident(?:ifier)?|mrn|number|num|no\\.?)|chart[ _-]?(?:number|num|no\\.?)|nhs[ _-]?(?:number|num|no\\.?))(?![a-z])${between}(?:(?:is|was|of)\\s)?)(?:\\d{3} \\d{3} \\d{4}|[a-z]{0,4}-?\\d[a-z0-9-]{1,35})(?![\\w])`,
  'gi',
);
const patient = /((?<![a-z])patient[ \t]+#?)\d{5,12}(?![\w.-])/gi;

const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const born = new RegExp(
  `((?<![a-z])(?:dob|d\\.o\\.b\\.|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|born)(?![a-z])${between}(?:(?:is|was|on)\\s)?)(?:\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}[-/.]\\d{1,2}[-/.]\\d{2,4}|\\d{8}|${month} \\d{1,2},? \\d{4}|\\d{1,2}\\.? ${month} \\d{4})(?!\\d)`,
  'gi',
);

const cards =
  /(?<![\w.:/=-]|\d )(?:[3-6]\d{3}|2[2-7]\d{2})([ -]?)(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{4,5})(?![\w-]|[. ]\d)/g;
const namedCard =
  /((?:card|pan|cc)[_ -]?(?:number|num|no)?["'\\]{0,4}[:=]["'\\ ]{0,4})(?:[3-6]\d{3}|2[2-7]\d{2})([ -]?)(?:\d{4}\2\d{4}\2\d{4}|\d{6}\2\d{4,5})(?!\d)/gi;

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

function maskCards(text: string): string {
  return text
    .replace(cards, (whole) => (passesLuhn(whole.replace(/\D/g, '')) ? '[card]' : whole))
    .replace(namedCard, (whole, name: string) =>
      passesLuhn(whole.slice(name.length).replace(/\D/g, '')) ? `${name}[card]` : whole,
    );
}

const international =
  /(?<![\w+.*/-])(?:\+|00)[1-9](?:[ .()-]{0,2}\d){6,14}(?![\w%]|[.:,-]\d| ?(?:bytes|rows|[kmg]i?b|ms|s)\b)/g;
const american =
  /(?<![\w.:/+@$#-]|\d )(?:\+?1[-. ])?(?:\([2-9]\d{2}\)[ -]?|[2-9]\d{2}[-.\u2010-\u2013])[2-9]\d{2}[-. \u2010-\u2013]\d{4}(?![\w:%]|[.,-]\d)(?:[ ,]{0,2}(?:ext|x)\.? ?\d{1,6})?/g;
const number = '\\+?\\(?\\d(?:[ ./()-]{0,2}\\d){6,14}(?![\\w]|[.:-]\\d)';
const namedPhone = new RegExp(
  `((?:(?<![a-z])(?:(?:tele|cell|mobile|home|work|office)?[ _-]?phone|tel|telephone|fax|msisdn|mobile|cell)(?:[ _-]?(?:number|num|nr|no))?|[Pp]hone(?:Number|No))(?![a-z])\\.?${between}(?:(?:is|was|at)\\s)?)${number}`,
  'gi',
);
const called =
  /((?<![a-z])(?:call|calling|dial|text|sms to|reach \w+ (?:on|at)|contact)(?: me| us)?(?: at| on)?:? )\(?\d{2,5}\)?(?:[ /-]\d{2,5}){1,4}(?![\w]|[.:-]\d)/gi;

function maskPhones(text: string): string {
  return text
    .replace(namedPhone, '$1[phone]')
    .replace(international, (whole) => (isPhone(whole) ? '[phone]' : whole))
    .replace(american, '[phone]')
    .replace(called, (whole, name: string) => (countDigits(whole.slice(name.length)) >= 7 ? `${name}[phone]` : whole));
}

/** Without separators a short number is a difference (`+1500000`), and `00…` an id; a date is no part of a number. */
function isPhone(text: string): boolean {
  const digits = countDigits(text);
  if (/\d{4}-\d{2}-\d{2}/.test(text)) return false;
  if (text.startsWith('+')) return digits >= (/[ .()-]/.test(text) ? 8 : 10) && digits <= 15;
  return /[ .()-]/.test(text) && digits >= 10;
}

function countDigits(text: string): number {
  return text.replace(/\D/g, '').length;
}

const number3 = /\d{3}/;
const hasDigits = (text: string): boolean => number3.test(text);

/** The text with e-mail addresses, phone, social security, record and card numbers and dates of birth masked. */
export function maskPersonal(text: string): string {
  let masked = text.includes('@') || text.includes('%40') ? maskEmails(text) : text;
  if (!/\d\d/.test(masked)) return masked;
  masked = masked
    .replace(namedSsn, '$1[ssn]')
    .replace(ssn, '[ssn]')
    .replace(namedRecord, '$1[mrn]')
    .replace(patient, '$1[mrn]')
    .replace(born, '$1[date of birth]');
  return hasDigits(masked) ? maskPhones(maskCards(masked)) : masked;
}
