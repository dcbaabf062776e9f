import { listed, type Part } from '../part.ts';

/** Replication slots: what they hold back fills the disk. H19. */
export const slots: Part = {
  specs: {
    slots: {
      type: 'number',
      help: 'replication slots, without temporary ones and those synchronized from the primary',
    },
    slots_inactive: { type: 'list', help: 'slots that nobody reads: they keep WAL' },
    slots_unreserved: { type: 'list', help: 'slots about to lose WAL that they need' },
    slots_lost: { type: 'list', help: 'slots that lost WAL that they need: what read them must be built anew' },
  },
  rules: {
    fail: [
      {
        when: 'size(slots_lost) > 0',
        say: 'replication slots lost their WAL: {slots_lost}; build anew what reads them, then pg_drop_replication_slot',
      },
    ],
    warn: [
      {
        when: 'size(slots_unreserved) > 0',
        say: 'replication slots are about to lose WAL: {slots_unreserved}; start what reads them',
      },
      {
        when: 'size(slots_inactive) > 0',
        say: 'nobody reads the replication slots {slots_inactive}: start the reader, or pg_drop_replication_slot',
      },
    ],
  },
  sql: ({ major }) => {
    const invalid = major >= 17 ? 'invalidation_reason is not null' : major === 16 ? 'conflicting' : 'false';
    const order = { order: 'slot_name' };
    return `
with slot as (
  select slot_name::text, active, wal_status, coalesce(wal_status = 'lost' or ${invalid}, false) as lost
  from pg_replication_slots where not temporary${major >= 17 ? ' and not synced' : ''}
)
select count(*) as slots,
  ${listed('slot_name', { ...order, where: 'not active and not lost' })} as slots_inactive,
  ${listed('slot_name', { ...order, where: `wal_status = 'unreserved' and not lost` })} as slots_unreserved,
  ${listed('slot_name', { ...order, where: 'lost' })} as slots_lost
from slot`;
  },
};
