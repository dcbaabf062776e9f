import { type Part, secondsSince } from '../part.ts';

/** Where WAL is kept: H19, H40. */
export const archive: Part = {
  specs: {
    archiving: { type: 'bool', help: 'whether it archives WAL' },
    wal_ready: { type: 'number', help: 'WAL files that wait to be archived' },
    archive_failing: { type: 'bool', help: 'whether the newest attempt failed' },
    archived_age_s: {
      type: 'number',
      unit: 's',
      help: 'since the last file that was archived',
      whyAbsent: ({ archiving }) => (archiving === true ? 'nothing was archived yet' : 'it archives no WAL'),
    },
  },
  rules: {
    fail: [
      {
        when: 'archive_read && archiving && archive_failing',
        say: 'archiving of WAL fails, {wal_ready} files wait: see the server’s log and archive_command',
      },
    ],
    warn: [
      {
        when: 'archive_read && archiving && wal_ready >= 10',
        say: '{wal_ready} WAL files wait to be archived (limit 10)',
      },
    ],
  },
  sql: () => `
select current_setting('archive_mode') = 'always' or (current_setting('archive_mode') = 'on' and not pg_is_in_recovery()) as archiving,
  (select count(*) from pg_ls_archive_statusdir() where name like '%.ready') as wal_ready,
  coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as archive_failing,
  ${secondsSince('last_archived_time')} as archived_age_s
from pg_stat_archiver`,
};
