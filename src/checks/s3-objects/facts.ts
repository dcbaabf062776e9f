import type { Rules } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { withUnread } from '../aws/unread.ts';
import { tenth } from '../aws/worst.ts';
import { few } from '../facts/few.ts';
import { type Period, periodInWords } from './days.ts';
import { dayMs, type S3ObjectsTarget } from './params.ts';
import type { Found } from './read.ts';

export const s3Facts = withUnread({
  present: { type: 'number', help: 'of the last periods, how many have an object' },
  missing: { type: 'list', help: 'periods without an object, newest first: `2026-11-22`' },
  empty: { type: 'list', help: 'keys of objects of 0 bytes in these periods' },
  newest_key: { type: 'string', help: 'key of the newest object, by the date in its key and then by its writing' },
  newest_age_h: { type: 'number', unit: 'h', help: 'since the newest object was written' },
  newest_bytes: { type: 'number', unit: 'bytes', help: 'size of the newest object' },
  newest_class: { type: 'string', help: 'its storage class: `STANDARD`, `GLACIER`' },
  before_bytes: { type: 'number', unit: 'bytes', help: 'size of the one before' },
  of_before_pct: { type: 'number', unit: '%', help: 'size of the newest, of the one before' },
  of_largest_pct: { type: 'number', unit: '%', help: 'size of the newest, of the largest in these periods' },
  encryption: {
    type: 'string',
    help: 'how the bucket encrypts what is written: `aws:kms`, `aws:kms:dsse`, `AES256`, `none`',
  },
  versioning: {
    type: 'string',
    help: '`Enabled`, `Suspended`, or `off`: overwritten and deleted objects are gone then',
  },
  standard_objects: {
    type: 'number',
    help: 'objects of class STANDARD below the part of the key before its date; null unless `standard_objects` is given, and past 10,000',
  },
  bucket_bytes: {
    type: 'number',
    unit: 'bytes',
    help: 'size of the whole bucket a day or two ago, all kinds of storage; null while CloudWatch has none',
  },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
});

export function s3Rules({ bucket, every, periods, key, standard_objects }: S3ObjectsTarget): Partial<Rules> {
  const { least, most } = standard_objects ?? {};
  const counted = (when: string, limit: string) => ({
    when,
    say: `{standard_objects} objects of class STANDARD in ${bucket} (${limit}): see its lifecycle rules`,
  });
  return {
    fail: [
      {
        when: 'size(missing) > 0',
        say: `no object ${key} in ${bucket} for {missing} ({present} of ${periods} there, one a ${every === dayMs ? 'day' : formatDuration(every)} expected): see the job that writes it`,
      },
      { when: 'size(empty) > 0', say: `empty in ${bucket}: {empty}; see the job that writes them` },
      {
        when: 'of_before_pct < 50',
        say: `{newest_key} has {newest_bytes}, {of_before_pct} of the one before (limit 50 %): see whether it is whole`,
      },
      { when: "encryption == 'none'", say: `${bucket} does not encrypt what is written: set its default encryption` },
    ],
    warn: [
      {
        when: 'of_largest_pct < 50',
        say: `{newest_key} has {newest_bytes}, {of_largest_pct} of the largest lately (limit 50 %): see whether it is whole`,
      },
      ...(least === undefined ? [] : [counted(`standard_objects < ${least}`, `at least ${least}`)]),
      ...(most === undefined ? [] : [counted(`standard_objects > ${most}`, `at most ${most}`)]),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}

/** What the objects say; `byDay` has those of each day, all that match the pattern. */
export function objectFacts(due: Period[], early: string[], byDay: Map<string, Found[]>, now: Date) {
  const of = (days: string[]) => days.flatMap((day) => (byDay.get(day) ?? []).toSorted((a, b) => +b.at - +a.at));
  const missing = due.filter(({ days }) => of(days).length === 0);
  const newestFirst = of([...early, ...due.flatMap(({ days }) => days)]);
  const [newest, before] = newestFirst;
  const largest = Math.max(0, ...newestFirst.map(({ bytes }) => bytes));
  const share = (whole: number | undefined) => (newest && whole ? tenth((newest.bytes / whole) * 100) : null);
  return {
    present: due.length - missing.length,
    missing: few(missing.map(periodInWords)),
    empty: few(newestFirst.filter(({ bytes }) => bytes === 0).map(({ key }) => key)),
    newest_key: newest ? few([newest.key])[0] : null,
    newest_age_h: newest ? tenth((now.getTime() - newest.at.getTime()) / 3_600_000) : null,
    newest_bytes: newest?.bytes ?? null,
    newest_class: newest?.storageClass ?? null,
    before_bytes: before?.bytes ?? null,
    of_before_pct: share(before?.bytes),
    of_largest_pct: share(largest),
  };
}
