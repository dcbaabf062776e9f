// `npm run soak [kills|embedded|restarts [n]]`: what Rounds promises about crashes, tried now. n = kills, or seconds of restarts.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../src/store/store.ts';
import { type Postgres, startPostgres } from '../test/support/postgres.ts';
import { makeReplica, type Replica, until } from './support/soak-bots.ts';
import { type Finding, findingsOf } from './support/soak-findings.ts';
import { endIncidents, incidentFindings, openIncidents } from './support/soak-incidents.ts';
import { type Driver, makeDriver, makeWorld, silent, type World } from './support/soak-world.ts';

const scenarios = {
  kills: {
    n: 200,
    title: (n: number) => `two replicas on a PostgreSQL server, kill -9 at ${n} random moments`,
    run: kills,
  },
  embedded: {
    n: 50,
    title: (n: number) => `a bot on the embedded store, kill -9 at ${n} random moments`,
    run: embedded,
  },
  restarts: {
    n: 120,
    title: (n: number) => `two replicas, PostgreSQL killed and started every 5–10 s for ${n} s`,
    run: restarts,
  },
};
type Scenario = keyof typeof scenarios;

async function kills(times: number): Promise<void> {
  await onServer(async ({ replicas }) => {
    for (let kill = 0; kill < times; kill += 1) {
      await pause(randomInt(100, 5_000));
      const victim = replicas[randomInt(replicas.length)]!;
      await victim.kill();
      victim.start();
    }
  });
}

async function restarts(seconds: number): Promise<void> {
  await onServer(async ({ postgres }) => {
    const startedMs = performance.now();
    while (performance.now() - startedMs < seconds * 1_000) {
      await pause(randomInt(5_000, 10_000));
      await postgres.kill();
      await pause(randomInt(0, 2_000));
      await postgres.restart();
    }
  });
}

async function embedded(times: number): Promise<void> {
  const world = await makeWorld(10);
  const said = new Map<string, number>();
  const replica = await makeReplica(world, said);
  const over = new AbortController();
  replica.start();
  const living = world.live(over.signal);
  for (let kill = 0; kill < times; kill += 1) {
    await pause(randomInt(100, 8_000));
    await replica.kill();
    replica.start();
  }
  over.abort();
  await living;
  world.heal();
  const unmuted = await calmEmbedded(replica, world);
  await replica.stop();
  const store = await openStore({ dataDir: join(replica.home.dir, 'data'), log: silent });
  const incidents = await incidentFindings(store, world.workspace, world.declared);
  report([...unmuted, ...(await findingsOf(store, world.workspace)), ...incidents], world, said);
  await store.close();
  await replica.remove();
  await world.close();
}

/** Ends what is muted, so that every problem can end. */
async function calmEmbedded(replica: Replica, { workspace }: World): Promise<Finding[]> {
  await replica.stop();
  const store = await openStore({ dataDir: join(replica.home.dir, 'data'), log: silent });
  await store.pool.query(endMutes);
  const open = await openIncidents(store);
  await store.close();
  replica.start();
  await replica.ready();
  await endIncidents(open, workspace);
  return settled(await until(() => settledTwice(replica), restMs));
}

/** How long all may take to come to rest after the trouble. */
const restMs = 15 * 60_000;

const endMutes = `
  with moved as (update business_timer set due_at = clock_timestamp() returning key)
  update silence set until_at = clock_timestamp() from moved
  where moved.key = 'silence/' || id and ended_at is null and until_at > clock_timestamp() and from_at < clock_timestamp()`;

interface Stage {
  postgres: Postgres;
  replicas: Replica[];
}

/** Two replicas under constant changes while `trouble` goes on; then all is healed, and they must come to rest. */
async function onServer(trouble: (stage: Stage) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const driver = await makeDriver(databaseUrl);
  const world = await makeWorld(10);
  const said = new Map<string, number>();
  const replicas = await Promise.all([makeReplica(world, said, databaseUrl), makeReplica(world, said, databaseUrl)]);
  for (const replica of replicas) replica.start();
  await replicas[0]!.ready();
  const over = new AbortController();
  const living = Promise.all([world.live(over.signal), driver.live(over.signal)]);
  await trouble({ postgres, replicas });
  over.abort();
  await living;
  world.heal();
  const calm = await calmed(replicas, driver, world);
  for (const replica of replicas) await replica.stop();
  const incidents = await incidentFindings(driver.store, world.workspace, world.declared);
  report([...calm, ...(await findingsOf(driver.store, world.workspace, driver)), ...incidents], world, said);
  await driver.close();
  for (const replica of replicas) await replica.remove();
  await world.close();
  await postgres.stop();
}

async function calmed(replicas: Replica[], { store }: Driver, { workspace }: World): Promise<Finding[]> {
  await Promise.all(replicas.map((replica) => replica.ready()));
  await store.pool.query(endMutes);
  await endIncidents(await openIncidents(store), workspace);
  const open = 'select 1 from alert_problem where ended_at is null limit 1';
  const isOver = async () => (await store.pool.query(open)).rows.length === 0;
  // Slack takes a message a second in one channel: hundreds of incidents that end at once are told for minutes.
  const told =
    "select 1 from pgboss.job where group_id like 'incidents.%' and state in ('created', 'retry', 'active') limit 1";
  const isTold = async () => (await store.pool.query(told)).rows.length === 0;
  return settled(
    await until(async () => (await isOver()) && (await isTold()) && (await settledTwice(replicas[0]!)), restMs),
  );
}

/** Nothing to do now, and still nothing after the next sweep. */
async function settledTwice(replica: Replica): Promise<boolean> {
  if (!(await replica.isIdle())) return false;
  await pause(6_000);
  return until(() => replica.isIdle(), 3_000);
}

function settled(yes: boolean): Finding[] {
  return [{ name: `not at rest within ${restMs / 60_000} minutes after it`, measured: yes ? 0 : 1, wanted: 0 }];
}

/** Prints each figure with what it must be; one that is not makes the exit code 1. */
function report(findings: Finding[], { flips, presses, declared }: World, said: ReadonlyMap<string, number>): void {
  for (const { name, measured, wanted: must, of } of findings) {
    const holds = measured === must;
    if (!holds) process.exitCode = 1;
    const amount = of === undefined ? '' : ` of ${of}`;
    process.stdout.write(
      `  ${(holds ? 'holds' : 'MISSED').padEnd(7)} ${name}: ${measured}${amount} (wanted ${must})\n`,
    );
  }
  process.stdout.write(
    `  systems flipped ${flips} times, ${presses} buttons pressed, ${declared.titles.size} incidents declared, ${declared.presses} handled\n`,
  );
  for (const [message, times] of said) process.stdout.write(`  logged as an error ${times} times: ${message}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// `--kills 3000` is `kills 3000`.
const [wanted, amount] = process.argv.slice(2).map((word) => word.replace(/^--/, ''));
if (wanted !== undefined && !Object.hasOwn(scenarios, wanted)) {
  process.stderr.write(`soak: there is no scenario ${wanted}; there are ${Object.keys(scenarios).join(', ')}\n`);
  process.exit(2);
}
if (amount !== undefined && !/^[1-9]\d*$/.test(amount)) {
  process.stderr.write(`soak: ${amount} is not a number of kills or seconds\n`);
  process.exit(2);
}
const chosen = wanted === undefined ? (Object.keys(scenarios) as Scenario[]) : [wanted as Scenario];
for (const name of chosen) {
  const { n, title, run } = scenarios[name];
  const count = amount === undefined ? n : Number(amount);
  process.stdout.write(`${title(count)}\n`);
  const startedMs = performance.now();
  await run(count);
  process.stdout.write(`  took ${((performance.now() - startedMs) / 1_000).toFixed(0)} s\n`);
}
