import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { movedClock, PlayClock, warnOfMovedClock } from '../../../src/play-clock.ts';
import { testClock } from '../../support/checks.ts';
import { eventually } from '../../support/eventually.ts';
import { memoryLog } from '../../support/memory-log.ts';

const hour = 3_600_000;
let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rounds-clock-'));
  file = join(dataDir, 'clock.json');
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

/** As a bot starts: 09:00 UTC in New York, which is 04:00. */
function started(base = testClock(), { reset = false } = {}) {
  const log = memoryLog();
  const clock = new PlayClock({ dataDir, log, base, reset });
  clock.begin('America/New_York');
  return { clock, base, log };
}

test('a jump goes to the wall clock of its zone, and outlives a restart', async () => {
  const { clock, base } = started();
  clock.jump('09:00');
  expect(clock.now()).toEqual(new Date('2026-11-23T14:00:00Z'));
  expect(() => clock.jump('nine')).toThrow('no time of a day');
  clock.close();
  base.move(hour);
  const again = started(base);
  expect(again.clock.now()).toEqual(new Date('2026-11-23T15:00:00Z'));
  expect(again.log.lines.map(({ message }) => message)).toEqual(["this try-out's clock was moved: it is 5 h ahead"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('what it was moved over right before a restart is as far away as the restart', () => {
  const { clock, base } = started();
  const over = new Date(clock.now().getTime() + hour);
  clock.jump('09:00');
  base.move(2_000);
  const again = started(base).clock;
  base.move(3_000);
  expect(again.ranMs(over, again.now())).toBe(5_000);
  base.move(hour);
  expect(again.ranMs(over, again.now())).toBe(hour + 5_000);
});

test('the speed is 1 again after a restart; what ran meanwhile is kept', () => {
  const { clock, base } = started();
  clock.setSpeed(60);
  base.move(60_000);
  clock.close();
  base.move(60_000);
  const again = started(base).clock;
  expect([again.speed, again.aheadMs]).toEqual([1, 59 * 60_000]);
});

test('killed while it ran fast, right before it is saved, it never goes back behind what it showed', () => {
  const { clock, base } = started();
  clock.setSpeed(600);
  base.move(1_999);
  const shown = clock.now();
  // No close: the process is gone. Somebody starts it again at once, or a day later.
  expect(started(base).clock.now().getTime()).toBeGreaterThanOrEqual(shown.getTime());
  base.move(24 * hour);
  const later = started(base).clock;
  expect(later.now().getTime() - shown.getTime()).toBeGreaterThanOrEqual(24 * hour);
  expect(later.now().getTime() - shown.getTime()).toBeLessThan(25 * hour);
});

test('it is saved by itself while it runs fast', async () => {
  const { clock, base } = started();
  clock.setSpeed(60);
  const first = await readFile(file, 'utf8');
  base.move(2_000);
  await eventually(async () => expect(await readFile(file, 'utf8')).not.toBe(first));
  clock.close();
});

test("a machine's clock that was put back doesn't take it back", () => {
  const { clock, base } = started();
  clock.jump('09:00');
  clock.close();
  base.move(-2 * hour);
  expect(started(base).clock.now()).toEqual(new Date('2026-11-23T14:00:00Z'));
});

test('one that nobody moved leaves no file; --reset forgets how far it was moved, once the folder is its own', async () => {
  const untouched = started();
  untouched.clock.close();
  await expect(stat(file)).rejects.toThrow('ENOENT');
  const { clock, base } = started();
  clock.jump('09:00');
  clock.close();
  const refused = new PlayClock({ dataDir, log: memoryLog(), base, reset: true });
  refused.jump('09:00');
  refused.close();
  expect(started(base).clock.aheadMs).toBe(5 * hour);
  expect(started(base, { reset: true }).clock.aheadMs).toBe(0);
  expect(started(base).clock.aheadMs).toBe(0);
});

test('a file that somebody broke is named, with the way out', async () => {
  await writeFile(file, '{"ahead_ms": "soon"}');
  expect(() => started()).toThrow(/clock\.json does not say how far/);
  await writeFile(file, '');
  expect(() => started()).toThrow(/clock\.json does not say how far/);
});

test('what cannot be saved is said, and the clock is moved nevertheless', async () => {
  const { clock, log } = started();
  await rm(dataDir, { recursive: true });
  clock.jump('09:00');
  expect(clock.now()).toEqual(new Date('2026-11-23T14:00:00Z'));
  expect(log.lines.map(({ message }) => message)).toEqual([expect.stringContaining('could not be saved')]);
});

test("a terminal goes by the clock of the try-out whose database it opens, never on a team's", () => {
  const environmentOf = (more: NodeJS.ProcessEnv) =>
    readEnvironment({ DATA_DIR: dataDir, ...more }, { face: 'terminal' });
  expect(movedClock(environmentOf({}))).toBeUndefined();
  const { clock } = started({ ...testClock(), now: () => new Date() });
  clock.leapTo(new Date(Date.now() + 8 * hour));
  clock.close();
  const aheadMs = movedClock(environmentOf({}))!.now().getTime() - Date.now();
  expect(Math.abs(aheadMs - 8 * hour)).toBeLessThan(5_000);
  expect(movedClock(environmentOf({ DATABASE_URL: 'postgres://127.0.0.1/ops' }))).toBeUndefined();
  expect(movedClock(environmentOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }))).toBeUndefined();
});

test("a team's bot on the folder of a try-out that was moved says what is wrong with it", async () => {
  const log = memoryLog();
  warnOfMovedClock(dataDir, log);
  expect(log.lines).toEqual([]);
  const { clock } = started({ ...testClock(), now: () => new Date() });
  clock.leapTo(new Date(Date.now() + 8 * hour));
  clock.close();
  warnOfMovedClock(dataDir, log);
  await writeFile(file, 'broken');
  warnOfMovedClock(dataDir, log);
  expect(log.lines.map(({ message }) => message)).toEqual([
    expect.stringContaining('set DATA_DIR to another folder'),
    expect.stringContaining('not known'),
  ]);
});
