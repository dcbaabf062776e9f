const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const moment = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const conversions = new Map<string, { takes: (text: string) => boolean; wants: string }>([
  ['int', { takes: (text) => /^[+-]?\d+$/.test(text), wants: 'a whole number in decimal digits' }],
  ['uint', { takes: (text) => /^\d+$/.test(text), wants: 'a whole number in decimal digits' }],
  [
    'double',
    {
      takes: (text) => /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text),
      wants: 'a number in decimal digits',
    },
  ],
  ['timestamp', { takes: isMoment, wants: 'a moment that exists, such as 2026-01-31T08:00:00Z' }],
]);

/**
 * What `int(text)`, `double(text)` or `timestamp(text)` wants instead of this text; undefined = it takes it.
 * CEL's own library is laxer: an empty text is 0 there, and 30 February is 2 March.
 */
export function wantedText(name: string, text: unknown): string | undefined {
  const conversion = conversions.get(name);
  return conversion && typeof text === 'string' && !conversion.takes(text) ? conversion.wants : undefined;
}

function isMoment(text: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (moment.exec(text) ?? [])
    .slice(1, 7)
    .map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && !leap ? 28 : (daysOf[month - 1] ?? 0);
  return day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59;
}
