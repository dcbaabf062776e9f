// What an audited change costs beside a plain insert, with 50 writers at once; how long a million rows take to verify.
import { sql } from 'kysely';
import pg from 'pg';
import { verb } from '../src/audit/verb.ts';
import { verifyAudit } from '../src/audit/verify.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { createLog } from '../src/kernel/log.ts';
import { openStore, type Store } from '../src/store/store.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { printFigures } from './support/figure.ts';

const writers = 50;
const rowsEach = 1_000;
const million = 1_000_000;
const log = createLog('warn', { readable: true, write: (line) => void process.stderr.write(line) });
const server = await startPostgres();

/** Five processes' worth of connections: ten each. */
async function replicas(): Promise<Store[]> {
  const databaseUrl = await server.createDatabase();
  return Promise.all(Array.from({ length: 5 }, () => openStore({ databaseUrl, dataDir: '.', log })));
}

/** Every writer does its work `rowsEach` times; resolves to how many were done a second. */
async function perSecond(stores: Store[], work: (store: Store, writer: number, turn: number) => Promise<void>) {
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let turn = 0; turn < rowsEach; turn += 1) await work(stores[writer % stores.length]!, writer, turn);
    }),
  );
  return (writers * rowsEach * 1_000) / (performance.now() - startedMs);
}

/** Fills the audit by SQL alone, hashed as `audit_append` does. */
async function fill(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(`
    insert into audit_detail (seq, salt, payload, actor, action, target)
    select n, sha256(int8send(n)), json_build_object('actor', 'slack:U' || n % 50, 'action', 'check.mute',
             'target', 'check/' || n, 'request', 'ABC123', 'before', json_build_object('muted', false),
             'after', json_build_object('muted', true), 'reason', 'a deployment of the web tier')::text,
           'slack:U' || n % 50, 'check.mute', 'check/' || n
    from generate_series(1, ${million}) n`);
  await client.query('alter table audit_head disable trigger user');
  await client.query(`
    do $$
    declare
      link bytea := decode(repeat('00', 32), 'hex');
      d record;
    begin
      for d in select seq, sha256(salt || convert_to(payload, 'UTF8')) as commitment from audit_detail order by seq loop
        link := sha256(link || int8send(d.seq) || int8send(d.seq * 1000) || int8send(0) || d.commitment);
        insert into audit_entry (seq, at_ms, commitment, hash) values (d.seq, d.seq * 1000, d.commitment, link);
      end loop;
      update audit_head set seq = ${million}, hash = link;
    end $$`);
  await client.query('alter table audit_head enable always trigger audit_head_steps');
  await client.query('analyze audit_entry, audit_detail');
  await client.end();
}

const stores = await replicas();
const [first] = stores as [Store];
const entry = {
  action: 'check.mute',
  target: 'check/api',
  before: { muted: false },
  after: { muted: true },
  reason: 'why',
};
const text = JSON.stringify({ actor: 'os:writer-0', request: 'ABC123', ...entry });
await first.pool.query('create table plain (id bigint generated always as identity, at timestamptz, payload text)');

const plain = await perSecond(stores, (store) =>
  store.transaction(async (tx) => {
    await sql`insert into plain (at, payload) values (now(), ${text})`.execute(tx);
  }),
);
const verbs = await perSecond(stores, (store, writer, turn) =>
  verb({ store, clock: systemClock }, { actor: `os:writer-${writer}`, request: `T${turn}` }, async () => ({
    result: undefined,
    audit: [entry],
  })),
);
const written = await verifyAudit(first);
const forks = written.fault === undefined ? 0 : 1;
if (forks > 0 || written.rows !== writers * rowsEach)
  throw new Error(`the chain is broken: ${JSON.stringify(written)}`);
await Promise.all(stores.map((store) => store.close()));

const databaseUrl = await server.createDatabase();
const big = await openStore({ databaseUrl, dataDir: '.', log });
await fill(databaseUrl);
const before = process.memoryUsage().rss;
const verified = await verifyAudit(big);
const grownMb = (process.memoryUsage().rss - before) / 1e6;
if (verified.fault !== undefined || verified.rows !== million) throw new Error('a million rows do not verify');
await big.close();
await server.stop();

printFigures([
  {
    name: `${writers} writers × ${rowsEach} audited changes`,
    measured: `${verbs.toFixed(0)}/s, ${forks} forks, ${written.rows} rows without a gap`,
    reference: `0.1 × plain inserts (${plain.toFixed(0)}/s), which don't wait for each other`,
    ratio: (0.1 * plain) / verbs,
  },
  {
    name: 'verify 1,000,000 rows',
    measured: `${(verified.durationMs / 1000).toFixed(1)} s, memory +${grownMb.toFixed(0)} MB`,
    reference: '60 s',
    ratio: verified.durationMs / 60_000,
  },
]);
