import type { FactSpecs, Facts, Sample } from '../../kernel/check.ts';
import { counterRate, secondMs } from '../facts/rate.ts';
import { cleanText, wholeText } from '../facts/text.ts';
import type { ScriptTarget } from './params.ts';
import { byLabel, declaredValue, parsePluginOutput } from './perfdata.ts';

const maxLineChars = 500;

/** What the declared perfdata adds to a script's facts. */
export function declaredSpecs(declared: ScriptTarget['facts']): FactSpecs {
  const specs: FactSpecs = {};
  for (const [name, type] of Object.entries(declared)) {
    specs[name] = { type: 'number', help: `Perfdata ${name}, as the script printed it` };
    if (type === 'counter') {
      specs[`${name}_per_second`] = { type: 'number', unit: '/s', rate: true, help: `Growth of ${name}` };
    }
  }
  return specs;
}

/** The first line that a person should see of a program's output, as far as a message goes. */
export function headline(stdout: string, stderr: string): string {
  return cleanText(firstLine(stdout, stderr), maxLineChars);
}

function firstLine(stdout: string, stderr: string): string {
  return parsePluginOutput(stdout).text || stderr.trim().split('\n', 1)[0] || '';
}

/** Facts of a script that ended with 0, 1 or 2. Pure. */
export function scriptFacts(
  run: { exitCode: number; stdout: string; stderr: string; durationMs: number },
  declared: ScriptTarget['facts'],
  { previous, now }: { previous: Sample | undefined; now: Date },
): Facts {
  const output = parsePluginOutput(run.stdout);
  const facts: Facts = {
    exit_code: run.exitCode,
    text: wholeText(firstLine(run.stdout, run.stderr)) || `exit code ${run.exitCode}, no output`,
    long_text: wholeText(output.longText),
    duration_ms: Math.round(run.durationMs),
    perfdata: Object.fromEntries([...byLabel(output.perfdata)].map(([label, value]) => [wholeText(label), value])),
  };
  for (const [name, type] of Object.entries(declared)) {
    const value = declaredValue(output.perfdata, name);
    if (value === undefined) continue;
    facts[name] = value;
    const rate = type === 'counter' ? counterRate(name, value, { previous, now, unitMs: secondMs }) : undefined;
    if (rate !== undefined) facts[`${name}_per_second`] = rate;
  }
  return facts;
}
