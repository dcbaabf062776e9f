import { defineCheck } from '../kernel/check.ts';
import { declaredSpecs } from './script/facts.ts';
import { scriptParams } from './script/params.ts';
import { probeScript } from './script/probe.ts';

export default defineCheck({
  type: 'script',
  summary: 'A program of your own, by the contract of the monitoring plugins (exit 0 ok, 1 warn, 2 fail, 3 unknown)',
  catalogue: ['H34'],
  params: scriptParams,
  facts: (target) => ({
    exit_code: { type: 'number', help: '0, 1 or 2; anything else makes the check unknown' },
    text: { type: 'string', help: 'First line of its output, before |' },
    long_text: { type: 'string', help: 'The lines below, up to the second |' },
    duration_ms: { type: 'number', unit: 'ms', help: 'How long it ran' },
    perfdata: {
      type: 'json',
      help: 'All perfdata by label, for labels that are not declared: `perfdata["/var/log"]`; null = no number, or two of one label',
    },
    ...declaredSpecs(target.facts),
  }),
  rules: () => ({
    fail: [{ when: 'exit_code == 2', say: '{text}' }],
    warn: [{ when: 'exit_code == 1', say: '{text}' }],
  }),
  okSays: '{text}',
  iam: [],
  // Its arguments stay out of messages: they are the operator's, and nobody promised that they are harmless.
  describe: (target) => `script ${target.run[0]}`,
  lane: () => 'scripts',
  example: `- id: validate-backup
  group: data
  script: {run: [./checks/validate-backup, --latest], facts: {age_hours: number}}
  warn: ["age_hours > 26"]
  every: 24h
  timeout: 10m
`,
  run: (probe) => probeScript(probe),
});
