/**
 * A phone number that people are meant to call, for Slack: texts lose what looks like one, this is shown. Only text of our own
 * can hold the mark, since `escapeSlack` takes the brackets of all else.
 */
export function phoneMark(number: string): string {
  return isPhoneNumber(number) ? `<contact:${number}>` : '';
}

export function isPhoneNumber(text: string): boolean {
  return /^\+[0-9][0-9 ().-]{5,24}$/.test(text);
}

/** The number of such a mark as Slack's own link; undefined = it is none. */
export function markedPhone(mark: string): string | undefined {
  const number = /^<contact:(\+[0-9][0-9 ().-]{5,24})>$/.exec(mark)?.[1];
  return number === undefined ? undefined : `<tel:+${number.replace(/\D/g, '')}|${number}>`;
}
