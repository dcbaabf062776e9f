import { defineTerminalCommand } from '../src/kernel/command.ts';
import { parseDuration } from '../src/kernel/duration.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { readFlags } from '../src/kernel/flags.ts';
import { shadowJson } from '../src/shadow/views/json.ts';
import { shadowText } from '../src/shadow/views/text.ts';
import { shadowAlone } from '../src/shadow-alone.ts';

const usage = '[--for 24h] [--config FILE] [--json]';
const shortestMs = 10_000;
const longestMs = 7 * 86_400_000;

export default defineTerminalCommand({
  name: 'shadow',
  summary:
    'Run a config without telling anybody, then say what would have been announced, and what to change first; Ctrl-C ends it early',
  usage,
  examples: ['shadow', 'shadow --for 1h --config new-ops.yml', 'shadow --for 7d --json'],
  async runAlone(args, { print, env, json }) {
    const options = { for: { type: 'string', default: '24h' }, config: { type: 'string' } } as const;
    const { values, positionals } = readFlags(args, options, `shadow ${usage}`);
    const [word] = positionals;
    if (word !== undefined)
      throw new OpsError('invalid', `shadow does not take "${echo(word)}"`, { hint: `usage: shadow ${usage}` });
    const forMs = parseDuration(values.for);
    if (forMs === undefined || forMs < shortestMs || forMs > longestMs)
      throw new OpsError('invalid', `It can't run for "${echo(values.for)}"`, {
        hint: '--for takes 10s to 7d: 1h, 24h',
      });
    const { report, zone } = await shadowAlone({ variables: env, config: values.config, forMs });
    print(json ? JSON.stringify(shadowJson(report), null, 2) : shadowText(report, zone));
    if (report.checks.every(({ results }) => results === 0)) return 3;
    return report.alerts.length > 0 ? 1 : 0;
  },
});
