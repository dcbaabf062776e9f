import { z } from 'zod';
import { plainLine } from '../kernel/plain.ts';
import { redact } from '../kernel/redact.ts';
import type { Report } from './model.ts';

const longestMessage = 200;
/** Of a message that is a whole log, the rest isn't looked at. */
const mostRead = 16_384;

/** What `fetch` and `curl --json` send; other keys are the job's own. */
const json = z.object({
  exit_code: z.int().min(0).max(255).optional(),
  message: z.string().optional(),
});

/**
 * Reads a report: `/start`, `/fail` or nothing behind the id, `?exit=$?` and `?run=NAME`; the body is a message, or JSON with
 * `exit_code` and `message`. An exit code other than 0 is a failure.
 */
export function readReport(
  verb: string,
  query: URLSearchParams,
  { body, type }: { body: string; type: string | undefined },
): Report | { invalid: string } {
  if (verb !== '' && verb !== 'start' && verb !== 'fail')
    return { invalid: 'behind the id comes /start, /fail or nothing' };
  const run = query.get('run') ?? '';
  if (!/^[\w.:-]{0,64}$/.test(run)) return { invalid: 'run is a name of at most 64 letters, digits and . _ : -' };
  const said = /^application\/json\b/i.test(type ?? '') ? readJson(body) : { message: body };
  if (said === undefined) return { invalid: 'the body is not {"exit_code": 0 to 255, "message": "…"}' };
  const exit = query.get('exit');
  if (exit !== null && !/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(exit))
    return { invalid: 'exit is 0 to 255: ?exit=$?' };
  const exitCode = exit === null ? said.exit_code : Number(exit);
  const failed = verb === 'fail' || (exitCode !== undefined && exitCode !== 0);
  const what = verb === 'start' ? 'start' : failed ? 'fail' : 'ok';
  return { what, run, exitCode, message: oneLine(said.message ?? '') };
}

function readJson(body: string): z.output<typeof json> | undefined {
  try {
    return json.safeParse(JSON.parse(body)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Masked before it is cut: half a token would not be known as one. */
function oneLine(text: string): string {
  const line = plainLine(text).replaceAll(/\s+/g, ' ').trim().slice(0, mostRead);
  const masked = redact(line).toWellFormed();
  return masked.length > longestMessage ? `${masked.slice(0, longestMessage - 1).toWellFormed()}…` : masked;
}
