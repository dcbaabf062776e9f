import { describe, expect, it } from 'vitest';
import { readReport } from '../../../src/heartbeats/read.ts';

const read = (verb = '', query = '', body = '', type?: string) =>
  readReport(verb, new URLSearchParams(query), { body, type });
const json = 'application/json; charset=utf-8';
/** What `curl -d` says of any body. */
const form = 'application/x-www-form-urlencoded';

describe('a report', () => {
  it.each([
    [read(), { what: 'ok', run: '', exitCode: undefined, message: '' }],
    [read('start', 'run=2026-11-23.7'), { what: 'start', run: '2026-11-23.7' }],
    [read('fail', '', 'disk full'), { what: 'fail', message: 'disk full' }],
    [read('', 'exit=0'), { what: 'ok', exitCode: 0 }],
    [read('', 'exit=3'), { what: 'fail', exitCode: 3 }],
    [read('', '', '{"exit_code": 255, "message": "no space", "host": "db1"}', json), { what: 'fail', exitCode: 255 }],
    [read('', 'exit=1', '{"exit_code": 0}', json), { what: 'fail', exitCode: 1 }],
    [read('fail', '', '{"error": "disk full"}', json), { what: 'fail', message: '' }],
    [read('fail', 'exit=0'), { what: 'fail', exitCode: 0 }],
    [read('', 'exit=0', '{"exit_code": 3}', json), { what: 'fail', exitCode: 3 }],
    [read('', 'exit=0', '{"exit_code": 0, "message": "4 tables"}', json), { what: 'ok', exitCode: 0 }],
    [read('', '', '{"exit_code": 3}', 'text/plain'), { what: 'fail', exitCode: 3 }],
    [read('', '', ' {"exit_code": 3}', form), { what: 'fail', exitCode: 3 }],
    [read('', '', '{"exit_code": 3}'), { what: 'fail', exitCode: 3 }],
    [read('', '', '{"exit_code": 0, "status": "done"}', 'application/vnd.job+json'), { what: 'ok', exitCode: 0 }],
    [read('', '', '{"message": "4 tables"}', json), { what: 'ok', message: '4 tables' }],
    [read('', '', '{ 4 tables in a brace', form), { what: 'ok', message: '{ 4 tables in a brace' }],
    [read('start', '', '{"exit_code": 3}', json), { what: 'start' }],
  ])('%#', (report, wanted) => {
    expect(report).toMatchObject(wanted);
  });

  it.each([
    ['another verb', read('strat'), /start, \/fail or nothing/],
    ['a deeper path', read('start/now'), /start, \/fail or nothing/],
    ['an exit code that was not filled in', read('', 'exit='), /exit is 0 to 255/],
    ['one over 255', read('', 'exit=256'), /exit is 0 to 255/],
    ['words for one', read('', 'exit=ok'), /exit is 0 to 255/],
    ['a run with other characters', read('', 'run=<b>'), /run is a name/],
    ['a long run', read('', `run=${'x'.repeat(65)}`), /run is a name/],
    ['half a JSON', read('', '', '{"exit_code":', json), /the body is not/],
    ['a JSON of another shape', read('', '', '{"exit_code": "3"}', json), /the body is not/],
    ['another name for the exit code in the query', read('', 'exit_code=3'), /the query is \?exit/],
    ['two exit codes in the query', read('', 'exit=0&exit=3'), /each once/],
    [
      'another name for it in JSON',
      read('', '', '{"exitCode": 3, "status": "failed"}', json),
      /does not say exit_code/,
    ],
    ['the same, with a message', read('', '', '{"status": "failed", "message": "x"}', json), /does not say exit_code/],
    ['the same as a form', read('', 'exit=0', '{"exitCode": 3}', form), /does not say exit_code/],
    ['an empty JSON', read('', '', '{}', json), /does not say exit_code/],
    ['the exit code as a field of a form', read('', '', 'exit_code=3', form), /the exit code is \?exit/],
    ['an exit code of null', read('', '', '{"exit_code": null}', json), /the body is not/],
    ['an exit code of another shape as a form', read('', '', '{"exit_code": "3"}', form), /the body is not/],
    ['JSON that is no object', read('', '', '[]', json), /the body is not/],
  ])('with %s is refused', (_, report, why) => {
    expect(report).toMatchObject({ invalid: expect.stringMatching(why) });
  });

  it('keeps one clean line of the message, masked, then cut', () => {
    const message = (body: string) => (read('fail', '', body) as { message: string }).message;
    expect(message('\u001b[31mdisk\n\tfull\u0000 \u202e!')).toBe('disk full !');
    expect(message('password=hunter2hunter2 for anna@example.com')).not.toMatch(/hunter2|anna@/);
    const long = message(`${'x '.repeat(95)}ghp_${'a1B2'.repeat(9)}`);
    expect(long).not.toMatch(/a1B2/);
    expect(message('ä'.repeat(500))).toHaveLength(200);
    expect(message(`${' '.repeat(900_000)}end`)).toBe('end');
  });
});
