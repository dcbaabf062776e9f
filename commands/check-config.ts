import { compileCondition } from '../src/conditions/compile.ts';
import { checkConfig } from '../src/config/report.ts';
import { defineTerminalCommand } from '../src/kernel/command.ts';
import { checkTypes, runbookFolders } from '../src/registry.ts';

export default defineTerminalCommand({
  name: 'check-config',
  summary: 'Tell everything that is wrong with a config file, with line and remedy',
  usage: '[FILE]',
  examples: ['check-config', 'check-config ops.yml'],
  async runAlone(args, { print, env }) {
    const file = args[0] ?? env.OPS_CONFIG ?? 'ops.yml';
    const { ok, lines } = await checkConfig(file, {
      checkTypes: await checkTypes(),
      compile: compileCondition,
      env,
      runbookFolders,
    });
    for (const line of lines) print(line);
    return ok ? 0 : 3;
  },
});
