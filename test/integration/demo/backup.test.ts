import { createServer } from 'node:http';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import type { Clinic } from '../../../src/demo/clinic.ts';
import { testClock } from '../../support/checks.ts';
import { clinicOf } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { listenOn } from '../../support/listen.ts';

const hourMs = 3_600_000;

/** Takes heartbeats; refuses the first one. */
async function receiver() {
  const beats: unknown[] = [];
  let asked = 0;
  const server = createServer(async (request, response) => {
    asked += 1;
    const body = await request.setEncoding('utf8').toArray();
    if (asked > 1) beats.push(JSON.parse(body.join('')));
    response.writeHead(asked > 1 ? 204 : 503).end();
  });
  const url = `http://127.0.0.1:${await listenOn(server)}/beat`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, beats };
}

async function runs({ databaseUrl }: Clinic) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(`
    select finished_at, round(extract(epoch from now() - finished_at) / 3600)::int as hours
    from backup_runs where status = 'succeeded' order by finished_at desc`);
  await client.end();
  return rows as { finished_at: Date; hours: number }[];
}

it('runs at 02:00 in New York by the clinic’s clock, records it and sends a heartbeat', async () => {
  const clock = testClock('2026-11-23T15:00:00Z');
  const { url, beats } = await receiver();
  const clinic = await clinicOf({ clock, heartbeatUrl: url });
  const beat = (finished_at: string) => ({ job: 'nightly-backup', status: 'succeeded', finished_at });
  // The first night's is sent again after the receiver refused it.
  await eventually(() => expect(beats).toEqual([beat('2026-11-23T07:04:00.000Z')]));
  expect((await runs(clinic)).map(({ hours }) => hours)).toEqual([8, 32, 56, 80, 104, 128, 152]);
  clock.move(16.5 * hourMs);
  await eventually(() => expect(beats.slice(1)).toEqual([beat('2026-11-24T07:04:00.000Z')]));
  expect((await runs(clinic))[0]).toMatchObject({ finished_at: new Date('2026-11-24T07:04:00Z'), hours: 0 });
});

it('missed: no run of the last 26 hours, none at night, one at the repair', async () => {
  // Shortly after two, when the night before is less than 26 hours ago, too.
  const clock = testClock('2026-11-23T07:30:00Z');
  const clinic = await clinicOf({ clock });
  await clinic.set('backup', true);
  expect((await runs(clinic))[0]?.hours).toBe(48);
  clock.move(24 * hourMs);
  await eventually(async () => expect((await runs(clinic))[0]?.hours).toBe(72));
  await clinic.set('backup', false);
  expect((await runs(clinic))[0]).toMatchObject({ finished_at: clock.now(), hours: 0 });
});

it('waits for its database', async () => {
  const clock = testClock('2026-11-23T15:00:00Z');
  const clinic = await clinicOf({ clock });
  await clinic.set('database', true);
  clock.move(17 * hourMs);
  await clinic.set('database', false);
  expect((await runs(clinic))[0]?.finished_at).toEqual(new Date('2026-11-24T07:04:00Z'));
});

it('somebody who tries passwords goes on while the clock moves, and is gone after the repair', async () => {
  const clock = testClock('2026-11-23T15:00:00Z');
  const clinic = await clinicOf({ clock });
  const failedLastHour = async () => {
    const metrics = (await (await fetch(`${clinic.url}/api/health/metrics`)).json()) as {
      security: { failedAuth: { lastHour: number } };
    };
    return metrics.security.failedAuth.lastHour;
  };
  await clinic.set('logins', true);
  expect(await failedLastHour()).toBe(121);
  clock.move(30 * hourMs);
  await eventually(async () => expect(await failedLastHour()).toBe(120));
  await clinic.set('logins', false);
  expect(await failedLastHour()).toBe(0);
});
