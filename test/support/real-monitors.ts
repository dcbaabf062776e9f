import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { listenOn } from './listen.ts';
import type { Series } from './prometheus.ts';

/** Where a program is that this machine may have. */
export function programOnPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

export interface RealServer {
  url: string;
  stop(): Promise<void>;
}

/** A Prometheus of this machine that holds exactly these series: they are written as blocks, nothing is scraped. */
export async function startRealPrometheus(program: string, promtool: string, series: Series[]): Promise<RealServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-monitor-'));
  const data = join(folder, 'data');
  await writeFile(join(folder, 'prometheus.yml'), 'global: {scrape_interval: 1h}\n');
  await writeFile(join(folder, 'series.om'), openMetricsOf(series));
  await mkdir(data);
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'series.om'), data]);
  return startProgram(program, folder, (port) => [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=90d',
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

/** An Alertmanager of this machine, alone, with this configuration. */
export async function startRealAlertmanager(program: string, config: string): Promise<RealServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-monitor-'));
  await writeFile(join(folder, 'alertmanager.yml'), config);
  return startProgram(program, folder, (port) => [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

/** Runs it until it is ready; it ends with `stop`, and its folder goes then. */
async function startProgram(program: string, folder: string, args: (port: number) => string[]): Promise<RealServer> {
  const port = await freePort();
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  const child = spawn(program, args(port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4_000);
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(async () => {
      const { status } = await fetch(`${url}/-/ready`);
      if (status !== 200) throw new Error(`HTTP ${status}`);
    });
  } catch (error) {
    await stop();
    throw new Error(`${program} is not ready: ${said}`, { cause: error });
  }
  return { url, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server);
  server.close();
  await once(server, 'close');
  return port;
}

function openMetricsOf(series: Series[]): string {
  const names = [...new Set(series.map(({ labels }) => labels.__name__ ?? ''))];
  const lines = names.flatMap((name) => [
    `# TYPE ${name} gauge`,
    ...series
      .filter(({ labels }) => labels.__name__ === name)
      .flatMap(({ labels: { __name__: _, ...labels }, samples }) => {
        const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
        return samples.map(([at, value]) => `${name}{${pairs.join(',')}} ${value} ${at / 1_000}`);
      }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}
