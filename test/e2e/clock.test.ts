import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { type BotHome, makeHome, type RunningBot, rounds } from '../support/bot.ts';
import { eventually } from '../support/eventually.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { askHealth, shownText, startHttpBot } from '../support/slack-bot.ts';

const shiftedClock = pathToFileURL(join(import.meta.dirname, '../support/shifted-clock.mjs')).href;
const tenMinutesMs = 600_000;

/** Real time, in the words of an alert. */
const minutes = (at: Date) => at.toISOString().slice(11, 16);

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describe.each([
  ['ahead', tenMinutesMs],
  ['behind', -tenMinutesMs],
])(
  "a machine whose clock is ten minutes %s, then jumps to the other side: all goes by the database's",
  (_, shiftMs) => {
    let workspace: Workspace;
    let home: BotHome;
    let bot: RunningBot;
    let pool: pg.Pool;
    const query = async <R>(text: string): Promise<R> => (await pool.query(text)).rows[0] as R;

    beforeAll(async () => {
      workspace = await startWorkspace();
      const databaseUrl = await postgres.createDatabase();
      pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
      home = await makeHome(
        `
slack: { alerts: "#alerts" }
roles: { responder: ["@oncall"] }
defaults: { every: 5s, timeout: 2s, attempts: 1, open_after: 1 }
checks: [{ id: gone, tcp: { host: 127.0.0.1, port: 9 } }]
`,
        {
          DATABASE_URL: databaseUrl,
          NODE_OPTIONS: `--import ${shiftedClock}`,
          CLOCK_SHIFT_MS: String(shiftMs),
        },
      );
      bot = await startHttpBot(home, workspace);
    });
    afterAll(async () => {
      await bot.stop();
      await Promise.all([workspace.close(), home.remove(), pool.end()]);
    });

    it('the machine is wrong, and its log shows it', async () => {
      const ready = await bot.logged(({ msg }) => msg === 'Rounds is ready');
      expect(Math.abs(Number(ready.time) - Date.now() - shiftMs)).toBeLessThan(60_000);
    });

    it('an alert tells the true time', async () => {
      const began = new Date();
      await workspace.waitFor(() => workspace.messages('alerts')[0]?.text.includes('gone'), {
        timeoutMs: 20_000,
        what: 'the alert',
      });
      const since = /since (\d\d:\d\d) UTC/.exec(workspace.messages('alerts')[0]!.text)?.[1];
      const possible = [began.getTime() - 60_000, began.getTime(), Date.now()].map((ms) => minutes(new Date(ms)));
      expect(possible).toContain(since);
    });

    it.each(['as it started', 'after the jump'])(
      'requests of Slack are taken, roles hold, deadlines are kept: %s',
      async (when) => {
        if (when === 'after the jump') bot.child.kill('SIGUSR2');
        expect((await askHealth(workspace, '/ops health')).outcome).toMatchObject({ ok: true });
        expect(await workspace.deliverWithTimestamp(310)).toMatchObject({ outcome: 'failed', status: 401 });

        const alert = () => workspace.messages('alerts')[0]!;
        await workspace.waitFor(() => JSON.stringify(alert()).includes('health.mute1h'), {
          timeoutMs: 20_000,
          what: 'a mute',
        });
        await workspace.user('anna').click(alert(), 'health.mute1h');
        await eventually(async () => {
          const muted = `select extract(epoch from until_at - now())::float as left_s from silence where until_at > now()`;
          expect(Math.abs(((await query<{ left_s: number } | undefined>(muted))?.left_s ?? 0) - 3_600)).toBeLessThan(
            30,
          );
        });
        const { message } = await askHealth(workspace, '/ops health gone');
        expect(shownText(message)).toMatch(/muted until/i);

        await pool.query(`update silence set until_at = now() + interval '2 seconds' where until_at > now()`);
        await pool.query(`update business_timer set due_at = now() + interval '2 seconds'`);
        await eventually(async () => {
          expect(await query('select count(*)::int as timers from business_timer')).toEqual({ timers: 0 });
        });
        const late = await query<{ late_s: number }>(
          `select extract(epoch from now() - max(until_at))::float as late_s from silence`,
        );
        expect(late.late_s).toBeGreaterThanOrEqual(0);
        expect(bot.log.filter(({ msg }) => msg === 'deadlines were kept late')).toEqual([]);

        const slots = `select count(*)::int as behind from pgboss.job
      where state < 'active' and start_after < now() - interval '30 seconds'`;
        expect(await query(slots)).toEqual({ behind: 0 });
      },
      60_000,
    );

    it('the doctor says that this clock is wrong', async () => {
      const { stdout } = await rounds(home, ['doctor']);
      expect(stdout).toMatch(/✗ database: .*clock/);
    });
  },
);
