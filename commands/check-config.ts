import { describedChecklists } from '../src/checklists/schema.ts';
import { checkConfig, missingRunbooks } from '../src/config/report.ts';
import { environmentVariables, secretVariables } from '../src/config/schema/environment.ts';
import { describedSections, sections } from '../src/config/schema/sections.ts';
import { loadConfiguration, plannedRemarks, runbooksIn, waysMissing } from '../src/configuration.ts';
import { heartbeatLines } from '../src/heartbeat-hook.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { defineTerminalCommand } from '../src/kernel/command.ts';
import { plannedLines } from '../src/planned-lines.ts';
import { configurationReference } from '../src/reference/configuration.ts';
import { reportSections, runbookFolders } from '../src/registry.ts';
import { describedReports } from '../src/reports/schema.ts';
import { severityLines } from '../src/severities/lines.ts';
import { describedSeverities } from '../src/severities/schema.ts';

export default defineTerminalCommand({
  name: 'check-config',
  summary:
    'Tell everything that is wrong with a config file and the files beside it, with line and remedy; --markdown lists all keys there are',
  usage: '[FILE | --markdown]',
  examples: ['check-config', 'check-config ops.yml', 'check-config --markdown'],
  async runAlone(args, { print, env }) {
    if (args[0] === '--markdown') {
      const files = [describedSeverities, describedReports, describedChecklists];
      const declared = {
        files,
        reportSections: await reportSections(),
        variables: environmentVariables,
        secrets: secretVariables,
      };
      print(configurationReference({ sections, described: describedSections, ...declared }));
      return 0;
    }
    const file = args[0] ?? env.OPS_CONFIG ?? 'ops.yml';
    const { ok, lines } = await checkConfig(file, async () => {
      const read = await loadConfiguration(file, env);
      return {
        ops: read.ops,
        beside: [
          ...heartbeatLines(read.ops.checks),
          ...severityLines(read.severities, read.ops.team),
          ...plannedLines(read, systemClock.now()),
          ...plannedRemarks(read),
          ...waysMissing(read, env).map((line) => `remark: ${line}`),
        ],
        missingRunbooks: missingRunbooks(runbooksIn(read), runbookFolders(read.ops.dir)),
      };
    });
    for (const line of lines) print(line);
    return ok ? 0 : 3;
  },
});
