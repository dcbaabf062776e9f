#!/usr/bin/env node
// Plain JavaScript, so that an old Node says what is wrong instead of a syntax error. Finds Node 24, prepares it, goes on in src/.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.').map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = join(root, 'node_modules', '.bin', 'node');

if (major >= 24) {
  // Name look-ups share this pool; its default of 4 lets a few slow ones hold back all checks. Read at the pool's first use.
  process.env.UV_THREADPOOL_SIZE ??= '64';
  module.enableCompileCache?.(join(root, 'node_modules', '.cache', 'compile'));
  // 1 and 2 mean warn and fail: whatever breaks Rounds itself must not look like an answer.
  process.on('uncaughtException', (error) => {
    if (error.code === 'EPIPE') return;
    console.error(error);
    process.exit(3);
  });
  await import('../src/main.ts');
} else if (existsSync(bundled)) {
  const child = spawn(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 3));
} else {
  console.error(
    `Rounds needs Node 24, found ${process.version}. Run "npm ci" here (it brings Node 24 along), or install Node 24.`,
  );
  process.exit(3);
}
