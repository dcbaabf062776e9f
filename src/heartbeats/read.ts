import { z } from 'zod';
import type { Hearing } from '../kernel/check.ts';
import { plainLine } from '../kernel/plain.ts';
import { redact } from '../kernel/redact.ts';
import type { Report } from './model.ts';

const longestMessage = 200;
/** Of a message that is a whole log, the rest isn't looked at. */
const mostRead = 16_384;

/** What `fetch` and `curl --json` send; other keys are the job's own. */
const json = z.looseObject({
  exit_code: z.int().min(0).max(255).optional(),
  message: z.string().optional(),
});
const shape = '{"exit_code": 0 to 255, "message": "…"}';

/**
 * Reads a report: `/start`, `/fail` or nothing behind the id, `?exit=$?` and `?run=NAME`; the body is a message, or JSON with
 * `exit_code` and `message`. An exit code other than 0 is a failure. Whatever may tell of one in other words is refused: a
 * report that isn't understood must not pass for a success.
 */
export function readReport(
  verb: string,
  query: URLSearchParams,
  { body, type }: { body: string; type: string | undefined },
): Report | { invalid: string } {
  if (verb !== '' && verb !== 'start' && verb !== 'fail')
    return { invalid: 'behind the id comes /start, /fail or nothing' };
  const names = [...query.keys()];
  if (names.some((name) => name !== 'run' && name !== 'exit') || new Set(names).size < names.length)
    return { invalid: 'the query is ?exit=$? and ?run=NAME, each once, and nothing else' };
  const run = query.get('run') ?? '';
  if (!/^[\w.:-]{0,64}$/.test(run)) return { invalid: 'run is a name of at most 64 letters, digits and . _ : -' };
  const said = readBody(body, type);
  // Nothing worse than a failure can hide in a body.
  if ('invalid' in said && verb !== 'fail') return said;
  const { exitCode: inBody, message } = 'invalid' in said ? { exitCode: undefined, message: '' } : said;
  const exit = query.get('exit');
  if (exit !== null && !/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(exit))
    return { invalid: 'exit is 0 to 255: ?exit=$?' };
  // Both may be given: the one that tells of a failure counts.
  const exitCode = exit === null ? inBody : Number(exit) || (inBody ?? 0);
  const failed = verb === 'fail' || (exitCode !== undefined && exitCode !== 0);
  const what = verb === 'start' ? 'start' : failed ? 'fail' : 'ok';
  return { what, run, exitCode, message: oneLine(message) };
}

/**
 * Reads the report of a scan: a success is what it found, `[]` = nothing. A scanner's exit code says that it found something, so
 * none is taken: what failed says `/fail`, and a success without findings would hide what the scan before found.
 */
export function readScan(
  verb: string,
  query: URLSearchParams,
  { body, type, scan }: { body: string; type: string | undefined; scan: NonNullable<Hearing['findings']> },
): Report | { invalid: string } {
  if (verb !== '') return readReport(verb, query, { body, type });
  if (query.has('exit')) return { invalid: 'what a scan found says it all: send it without ?exit=, or /fail' };
  const read = readReport('', query, { body: '', type: undefined });
  if ('invalid' in read) return read;
  const found = scan(body);
  return 'invalid' in found ? found : { ...read, findings: found.findings };
}

/** JSON is told by its first character as well: `curl -d` says that everything is a form. */
function readBody(
  body: string,
  type: string | undefined,
): { exitCode: number | undefined; message: string } | { invalid: string } {
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(type ?? '');
  const parsed = isJson || /^\s*\{/.test(body) ? parse(body) : undefined;
  if (parsed === undefined && !isJson) {
    const isField = /^\s*exit(_?code)?\s*=/i.test(body);
    return isField ? { invalid: `the exit code is ?exit=$?, or ${shape}` } : { exitCode: undefined, message: body };
  }
  const read = json.safeParse(parsed);
  if (!read.success) return { invalid: `the body is not ${shape}` };
  const { exit_code: exitCode, message, ...others } = read.data;
  // `exitCode`, `status`, `error`: nobody knows what they mean.
  if (exitCode === undefined && (message === undefined || Object.keys(others).length > 0))
    return { invalid: `the body is JSON and does not say exit_code: ${shape}` };
  return { exitCode, message: message ?? '' };
}

/** Undefined = it is no JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
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
