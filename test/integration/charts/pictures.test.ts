import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCharts } from '../../../src/charts/charts.ts';
import { faces, ink } from '../../../src/charts/colours.ts';
import type { Chart } from '../../../src/charts/model.ts';
import { gridChart, lineChart } from '../../support/charts.ts';
import { eventually } from '../../support/eventually.ts';
import { pixelsOf, pngSignature } from '../../support/png.ts';

// A busy machine must not fail a test of what is drawn.
const charts = createCharts({ deadlineMs: 25_000 });

async function pixels(...wanted: Chart[]) {
  return (await charts.draw(wanted)).map(pixelsOf);
}

/** Where the title stands, in pixels of the picture. */
const title = { x: 40, y: 30, width: 700, height: 75 };

describe('a chart as a picture', () => {
  it('has its texts drawn: the same chart without them has none of their ink', async () => {
    const [present, absent] = await pixels(lineChart(), lineChart({ title: '' }));
    expect(present!.width).toBe(1_600);
    expect(present!.count(ink.text, title)).toBeGreaterThan(200);
    expect(absent!.count(ink.text, title)).toBe(0);
  });

  it('tells letters apart: a font is there, not boxes', async () => {
    const [one, other, same] = await charts.draw([
      lineChart({ title: 'api-ii' }),
      lineChart({ title: 'api-oo' }),
      lineChart({ title: 'api-ii' }),
    ]);
    expect(one!.equals(other!)).toBe(false);
    expect(one!.equals(same!)).toBe(true);
  });

  it('draws the limits in their colours, with their words, and none where there is none', async () => {
    const [present, absent] = await pixels(lineChart(), lineChart({ limits: [] }));
    for (const { fill, strong } of [faces.warn, faces.fail]) {
      expect(present!.count(fill)).toBeGreaterThan(500);
      expect(present!.count(strong)).toBeGreaterThan(50);
      expect(absent!.count(fill)).toBe(0);
    }
  });

  it('leaves a gap where nothing was measured', async () => {
    const whole = lineChart({ limits: [] });
    const points = whole.points.map((point, at) => (at > 10 && at < 38 ? { ...point, value: null } : point));
    const [drawn, gap] = await pixels(whole, { ...whole, points });
    const middle = { x: 700, y: 200, width: 300, height: 560 };
    expect(drawn!.count(ink.line, middle)).toBeGreaterThan(300);
    expect(gap!.count(ink.line, middle)).toBe(0);
  });

  it('shows each level with a mark besides its colour', async () => {
    const [grid] = await pixels(gridChart());
    expect(grid!.count(faces.fail.fill)).toBeGreaterThan(1_000);
    expect(grid!.count(faces.fail.mark)).toBeGreaterThan(100);
    expect(grid!.count(faces.ok.fill)).toBeGreaterThan(10_000);
  });

  it('takes texts that are markup, or no text at all', async () => {
    const hostile = '</text><script>&amp;\0\ud800<image href="file:///etc/passwd"/>';
    const drawn = await charts.draw([
      lineChart({ title: hostile, subtitle: hostile, limits: [{ level: 'fail', value: 150, label: hostile }] }),
      gridChart({ title: hostile, rows: [{ label: hostile, cells: ['ok'] }], more: hostile }),
    ]);
    expect(drawn.map((png) => png.subarray(0, 8).equals(pngSignature))).toEqual([true, true]);
  });

  it('draws what is hardly there: no point, one, all the same, huge, tiny', async () => {
    const at = lineChart().fromMs;
    const values = [[], [5], [0, 0], [1e300, -1e300], [1e-12, 2e-12], [-5, -4]];
    const drawn = await charts.draw(
      values.map((each) =>
        lineChart({ points: each.map((value, index) => ({ atMs: at + index * 3_600_000, value })) }),
      ),
    );
    expect(drawn).toHaveLength(values.length);
  });
});

function scriptOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'charts-')), 'child.mjs');
  writeFileSync(file, text);
  return file;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a child that does not draw', () => {
  it('is killed at its deadline, and said in words', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'charts-'));
    const pidFile = join(folder, 'pid');
    const script = scriptOf(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      setInterval(() => undefined, 1_000);`);
    const drawing = createCharts({ script, deadlineMs: 1_500 }).draw([lineChart()]);
    await expect(drawing).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The picture could not be drawn: drawing took more than 1.5 s',
    });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });

  it.each([
    ['throw new RangeError("too much");', 'RangeError: too much'],
    ['process.exit(3);', 'its process ended with 3'],
    ['process.kill(process.pid, "SIGSEGV");', 'its process ended with SIGSEGV'],
    ['process.stdin.resume();', '0 of 1 charts came back'],
  ])('%s', async (text, why) => {
    await expect(createCharts({ script: scriptOf(text) }).draw([lineChart()])).rejects.toMatchObject({
      message: `The picture could not be drawn: ${why}`,
    });
  });

  it('is given no variables of the bot', async () => {
    process.env.ROUNDS_TEST_SECRET = 'geheim';
    const script = scriptOf('throw new Error("has " + process.env.ROUNDS_TEST_SECRET);');
    await expect(createCharts({ script }).draw([lineChart()])).rejects.toThrow('has undefined');
    delete process.env.ROUNDS_TEST_SECRET;
  });

  it('ends with whoever asked', async () => {
    const stop = new AbortController();
    const drawing = createCharts({ script: scriptOf('setInterval(() => undefined, 1_000);') }).draw(
      [lineChart()],
      stop.signal,
    );
    stop.abort(new Error('stopped'));
    await expect(drawing).rejects.toThrow('stopped');
  });
});

it('draws for one at a time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'charts-'));
  const script = scriptOf(`
    import { readdirSync, rmSync, writeFileSync } from 'node:fs';
    const mine = ${JSON.stringify(folder)} + '/' + process.pid;
    writeFileSync(mine, '');
    const together = readdirSync(${JSON.stringify(folder)}).length;
    await new Promise((resolve) => process.stdin.resume().on('end', resolve));
    rmSync(mine);
    const png = Buffer.from([together]);
    process.stdout.write(Buffer.concat([Buffer.from([0, 0, 0, 1]), png]));`);
  const busy = createCharts({ script });
  const drawn = await Promise.all(Array.from({ length: 6 }, () => busy.draw([lineChart()])));
  expect(Math.max(...drawn.map(([png]) => png![0]!))).toBe(1);
});

it('has lower priority than the bot', async () => {
  const script = scriptOf('import { getPriority } from "node:os"; throw new Error("runs at " + getPriority());');
  await expect(createCharts({ script }).draw([lineChart()])).rejects.toThrow('runs at 5');
});

it('makes few wait, and says that it is busy as long as one does', async () => {
  const stop = new AbortController();
  const hung = createCharts({ script: scriptOf('setInterval(() => undefined, 1_000);'), mostWaiting: 1 });
  const ends = [hung.draw([lineChart()], stop.signal)];
  expect(hung.busy).toBe(false);
  ends.push(hung.draw([lineChart()], stop.signal));
  expect(hung.busy).toBe(true);
  await expect(hung.draw([lineChart()])).rejects.toThrow('too many are being drawn. Ask again in a minute');
  stop.abort(new Error('stopped'));
  await Promise.all(ends.map((end) => expect(end).rejects.toThrow('stopped')));
  expect(hung.busy).toBe(false);
});
