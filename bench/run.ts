// `npm run bench [name …]`: what Rounds promises about speed, measured now. One process a benchmark.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .filter((name) => !wanted.length || wanted.includes(name));

process.stdout.write('ratio ≤ 1 keeps the promise\n');
for (const name of names) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(import.meta.dirname, `${name}.bench.ts`)], {
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: '64' },
  });
  if (status !== 0) process.exitCode = 1;
}
