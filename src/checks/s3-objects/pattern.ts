/** `YYYY`, `MM` and `DD`, alone or together, and not within a word: `COMMON/` holds none; `YYYYMMDDT0200` does. */
const dateParts = /(?<![A-Za-z])(?:YYYY|MM|DD)+(?![A-SU-Za-z])/g;

/** Where the keys of one day are: `YYYY/MM/DD/backup-*.dump` on 2026-11-23 begin with `2026/11/23/backup-`. */
export interface KeyPattern {
  /** What all keys begin with, whatever the day. */
  folder: string;
  /** `day`: `2026-11-23`. */
  prefixOf(day: string): string;
  isKeyOf(day: string, key: string): boolean;
}

/** Whether the whole date stands before the first `*`, so that a day's keys can be asked for by their beginning. */
export function hasDateInFront(pattern: string): boolean {
  const front = beforeStar(pattern).match(dateParts)?.join('') ?? '';
  return ['YYYY', 'MM', 'DD'].every((part) => front.includes(part));
}

export function keyPattern(pattern: string): KeyPattern {
  const on = (day: string) => {
    const [year = '', month = '', date = ''] = day.split('-');
    return pattern.replace(dateParts, (run) =>
      run.replaceAll('YYYY', year).replaceAll('MM', month).replaceAll('DD', date),
    );
  };
  return {
    folder: pattern.slice(0, Math.max(0, pattern.search(dateParts))),
    prefixOf: (day) => beforeStar(on(day)),
    isKeyOf: (day, key) => new RegExp(`^${on(day).split('*').map(escaped).join('[^/]*')}$`).test(key),
  };
}

const beforeStar = (text: string) => text.split('*', 1)[0] ?? '';

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
