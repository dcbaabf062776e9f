import { describe, expect, it } from 'vitest';
import { readReport } from '../../../src/heartbeats/read.ts';

const read = (verb = '', query = '', body = '', type?: string) =>
  readReport(verb, new URLSearchParams(query), { body, type });
const json = 'application/json; charset=utf-8';

describe('a report', () => {
  it.each([
    [read(), { what: 'ok', run: '', exitCode: undefined, message: '' }],
    [read('start', 'run=2026-11-23.7'), { what: 'start', run: '2026-11-23.7' }],
    [read('fail', '', 'disk full'), { what: 'fail', message: 'disk full' }],
    [read('', 'exit=0'), { what: 'ok', exitCode: 0 }],
    [read('', 'exit=3'), { what: 'fail', exitCode: 3 }],
    [read('', '', '{"exit_code": 255, "message": "no space", "host": "db1"}', json), { what: 'fail', exitCode: 255 }],
    [read('', 'exit=1', '{"exit_code": 0}', json), { what: 'fail', exitCode: 1 }],
    [read('fail', 'exit=0'), { what: 'fail', exitCode: 0 }],
    [read('', '', '{"exit_code": 3}', 'text/plain'), { what: 'ok', message: '{"exit_code": 3}' }],
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
