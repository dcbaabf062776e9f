import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { redactor } from '../facts/text.ts';
import { secondsSince } from '../network/silence.ts';
import { headline, scriptFacts } from './facts.ts';
import type { ScriptTarget } from './params.ts';
import type { ProgramOutcome } from './process.ts';
import { runProgram } from './process.ts';
import { allowedProgram } from './program.ts';

const maxOutputBytes = 65_536;
const graceMs = 500;

type ScriptProbe = Pick<Probe<ScriptTarget>, 'target' | 'previous' | 'signal' | 'clock' | 'reveal' | 'site'>;

/** Runs the script once. Throws Unmeasured for exit codes other than 0, 1 and 2: they mean that it could not tell. */
export async function probeScript({
  target,
  previous,
  signal,
  clock,
  reveal,
  site,
}: ScriptProbe): Promise<Measurement> {
  const [name, ...args] = target.run;
  const env: Record<string, string> = { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
  for (const [variable, value] of Object.entries(target.env)) env[variable] = reveal(value);
  const file = await allowedProgram(name, site);
  const startedMs = performance.now();
  const outcome = await runProgram({ file, args, cwd: site.dir, env, maxOutputBytes, graceMs }, signal);
  if (outcome.kind !== 'ended') throw withoutEnd(name, outcome, secondsSince(startedMs));
  const redact = redactor(Object.values(target.env), reveal);
  const run = { ...outcome, stdout: redact(outcome.stdout), stderr: redact(outcome.stderr) };
  if (run.exitCode > 2) throw undecided(name, run);
  return { facts: scriptFacts(run, target.facts, { previous, now: clock.now() }) };
}

function withoutEnd(name: string, outcome: Exclude<ProgramOutcome, { kind: 'ended' }>, waited: string): Unmeasured {
  switch (outcome.kind) {
    case 'stopped':
      return new Unmeasured('timeout', `script ${name} was not done within ${waited}`, { next: 'raise its timeout' });
    case 'too_large':
      return new Unmeasured(
        'too_large',
        `script ${name} printed more than ${maxOutputBytes / 1024} KB and was killed`,
        {
          next: 'print a line of text and its perfdata only',
        },
      );
    case 'killed':
      return new Unmeasured('error', `script ${name} was killed by ${outcome.by}`);
    case 'not_started':
      return new Unmeasured('misconfigured', `script ${name} can't be started (${startError(outcome.error)})`, {
        next: 'check its first line (#!) and that its interpreter is installed',
        cause: outcome.error,
      });
  }
}

/** 3 is the plugins' own "unknown"; 126 and 127 are a shell that could not run a command. */
function undecided(name: string, run: { exitCode: number; stdout: string; stderr: string }): Unmeasured {
  const text = headline(run.stdout, run.stderr) || 'no output';
  const reason = run.exitCode === 126 || run.exitCode === 127 ? 'misconfigured' : 'error';
  const message = run.exitCode === 3 ? text : `${text} (exit code ${run.exitCode})`;
  return new Unmeasured(reason, `script ${name}: ${message}`, {
    next: reason === 'misconfigured' ? 'check that what the script calls is installed and on PATH' : undefined,
  });
}

function startError(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
