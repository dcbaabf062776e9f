import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Clinic, startClinic } from '../../../src/demo/clinic.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { freePorts } from '../../support/demo.ts';

let clinic: Clinic;
let databaseUrl: string;
beforeAll(async () => {
  clinic = await startClinic({ ...freePorts, clock: systemClock });
  databaseUrl = clinic.databaseUrl;
});
afterAll(() => clinic.close());

async function clientOf(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

it('clients at the same time get their own rows', async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => clientOf(databaseUrl)));
  const asked = clients.map(async (client, own) => {
    for (let n = 0; n < 12; n++) {
      await client.query('begin read only');
      const { rows } = await client.query('select $1::int as own, n from generate_series(1, $2::int) n', [own, n]);
      await client.query('commit');
      expect(rows).toEqual(Array.from({ length: n }, (_, at) => ({ own, n: at + 1 })));
    }
  });
  await Promise.all(asked);
});

it('what a client sets in its session, prepares or creates there is not the next one’s', async () => {
  const [first, second] = [await clientOf(databaseUrl), await clientOf(databaseUrl)];
  await first.query("set default_transaction_read_only = on; set search_path = pg_catalog; set time zone 'Asia/Tokyo'");
  await first.query('create temporary table mine (n int)').catch(() => undefined);
  const { rows } = await second.query(
    "select current_setting('default_transaction_read_only') as ro, current_setting('TimeZone') as zone, to_regclass('mine') as mine",
  );
  expect(rows).toEqual([{ ro: 'off', zone: expect.not.stringMatching('Tokyo'), mine: null }]);
  expect((await second.query({ name: 'same', text: 'select 1 as n' })).rows).toEqual([{ n: 1 }]);
  expect((await first.query({ name: 'same', text: 'select 2 as n' })).rows).toEqual([{ n: 2 }]);
});

it('a client that leaves inside a transaction takes its changes with it', async () => {
  const [first, second] = [await clientOf(databaseUrl), await clientOf(databaseUrl)];
  const before = (await first.query('select count(*)::int as n from audit_logs')).rows[0].n;
  await first.query('begin; delete from audit_logs');
  await first.end();
  expect((await second.query('select count(*)::int as n from audit_logs')).rows).toEqual([{ n: before }]);
});

it('who speaks something else is cut off, and others go on', async () => {
  const socket = net.connect(Number(new URL(databaseUrl).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await closed;
  const client = await clientOf(databaseUrl);
  expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
});

it('disconnected: open connections break, new ones are refused; it comes back with its data', async () => {
  const client = await clientOf(clinic.databaseUrl);
  await client.query('create table kept as select 1 as n');
  const broken = new Promise((resolve) => client.once('end', resolve));
  await clinic.set('database', true);
  await broken;
  await expect(clientOf(clinic.databaseUrl)).rejects.toThrow('ECONNREFUSED');
  expect(await (await fetch(`${clinic.url}/api/health`)).json()).toMatchObject({
    status: 'degraded',
    database: 'disconnected',
  });
  await clinic.set('database', false);
  const again = await clientOf(clinic.databaseUrl);
  expect((await again.query('select n from kept')).rows).toEqual([{ n: 1 }]);
});
